using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>
/// Anthropic's figures. Those of a stream's later events are totals and replace the earlier ones, member by member.
/// </summary>
internal struct AnthropicUsage
{
    private long _input;
    private long _cacheRead;
    private long _cacheWrite;
    private long _output;
    private long _thinking;
    private bool _isTold;

    /// <summary>Disjoint buckets; <see langword="null"/>: nothing was told.</summary>
    public readonly TokenUsage? Tokens => _isTold
        ? new TokenUsage(_input, _cacheRead, _cacheWrite, _output - _thinking, _thinking)
        : null;

    /// <summary>Takes a <c>usage</c> object. The reader stands on its value.</summary>
    public void Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        _isTold = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("input_tokens"u8))
            {
                ReadCount(ref reader, ref _input);
            }
            else if (reader.ValueTextEquals("cache_read_input_tokens"u8))
            {
                ReadCount(ref reader, ref _cacheRead);
            }
            else if (reader.ValueTextEquals("cache_creation_input_tokens"u8))
            {
                ReadCount(ref reader, ref _cacheWrite);
            }
            else if (reader.ValueTextEquals("output_tokens"u8))
            {
                ReadCount(ref reader, ref _output);
            }
            else if (reader.ValueTextEquals("output_tokens_details"u8))
            {
                ReadDetails(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        _thinking = Math.Min(_thinking, _output);
    }

    private void ReadDetails(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("thinking_tokens"u8))
            {
                ReadCount(ref reader, ref _thinking);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadCount(ref Utf8JsonReader reader, ref long count)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) && value >= 0)
        {
            count = Math.Min(value, JsonText.MostCount);
        }
        else
        {
            reader.Skip();
        }
    }
}
