using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>Gemini's figures. Those of a stream's later events are totals and replace the earlier ones.</summary>
internal struct GeminiUsage
{
    private Counts _counts;
    private bool _isTold;

    /// <summary>
    /// Disjoint buckets; <see langword="null"/>: nothing was told. The prompt's count includes what was cached, but not
    /// what the provider's own tools put in; the candidates' count does not include thoughts.
    /// </summary>
    public readonly TokenUsage? Tokens
    {
        get
        {
            if (!_isTold)
            {
                return null;
            }

            var prompt = _counts.Prompt + _counts.ToolUse;
            var cached = Math.Min(_counts.Cached, prompt);
            return new TokenUsage(prompt - cached, cached, 0, _counts.Candidates, _counts.Thoughts);
        }
    }

    /// <summary>Takes a <c>usageMetadata</c> object. The reader stands on its value.</summary>
    public void Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        _isTold = true;
        var told = default(Counts);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadMember(ref reader, ref told);
        }

        // The first events of a stream may say no more than which tariff it goes by.
        _counts = told == default ? _counts : told;
    }

    private static void ReadMember(ref Utf8JsonReader reader, ref Counts told)
    {
        if (reader.ValueTextEquals("promptTokenCount"u8))
        {
            told.Prompt = JsonText.ReadCount(ref reader);
        }
        else if (reader.ValueTextEquals("candidatesTokenCount"u8))
        {
            told.Candidates = JsonText.ReadCount(ref reader);
        }
        else if (reader.ValueTextEquals("cachedContentTokenCount"u8))
        {
            told.Cached = JsonText.ReadCount(ref reader);
        }
        else if (reader.ValueTextEquals("thoughtsTokenCount"u8))
        {
            told.Thoughts = JsonText.ReadCount(ref reader);
        }
        else if (reader.ValueTextEquals("toolUsePromptTokenCount"u8))
        {
            told.ToolUse = JsonText.ReadCount(ref reader);
        }
        else
        {
            reader.Skip();
        }
    }

    private record struct Counts(long Prompt, long Candidates, long Cached, long Thoughts, long ToolUse);
}
