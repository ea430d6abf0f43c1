using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <content>The tools that a model may call.</content>
internal ref partial struct RequestScanner
{
    private Refusal? ReadTools(ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        Span<(int, int)> room = stackalloc (int, int)[NamesOnStack];
        var names = new NestedNames(_body, room);
        var depth = reader.CurrentDepth;
        var count = 0;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (names.See(in reader) is { } refusal)
            {
                return refusal;
            }

            // Each tool begins one level below the list, whatever it is.
            var isOne = reader.CurrentDepth == depth + 1 && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray or JsonTokenType.PropertyName);
            if (isOne && ++count > _limits.MaxTools)
            {
                return Refusals.InvalidValue(field, $"The field '{field}' has more than {_limits.MaxTools} tools.");
            }
        }

        _required |= count > 0 ? ModelCapabilities.Tools : 0;
        return null;
    }
}
