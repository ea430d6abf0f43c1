using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>One tool call as a client puts it together.</summary>
internal sealed class ClientToolCall
{
    private readonly StringBuilder _arguments = new();

    public string? Id { get; private set; }

    public string? Name { get; private set; }

    /// <summary>The arguments; <see langword="null"/>: they are not JSON.</summary>
    public JsonNode? Arguments
    {
        get
        {
            try
            {
                return JsonNode.Parse(_arguments.ToString());
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    public void Take(string? id, string? name, string? arguments)
    {
        Id ??= string.IsNullOrEmpty(id) ? null : id;
        Name ??= string.IsNullOrEmpty(name) ? null : name;
        _arguments.Append(arguments);
    }
}
