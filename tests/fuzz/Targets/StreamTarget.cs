using System.Text;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.Tests.Fuzz.Clients;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>
/// A provider's streams, carried to a client of each dialect: all are told the same, in sound events, and that it is
/// complete only where the provider has said so.
/// </summary>
/// <param name="adapter">The provider's.</param>
internal abstract class StreamTarget(ProviderAdapter adapter) : FuzzTarget
{
    /// <summary>What a complete stream must have somewhere: the provider's words for the end.</summary>
    protected abstract IReadOnlyList<string> Ends { get; }

    /// <summary>The dialect that the provider speaks itself, so that its events are passed on; <see langword="null"/>: none.</summary>
    protected virtual InferenceOperation? Own => null;

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var path = new HashCode();
        RelayedStream? first = null;
        foreach (var operation in Ask.Dialects)
        {
            var request = operation == Own && Own == InferenceOperation.Responses ? Ask.Native(stream: true) : Ask.Stream(operation, withUsage: input.Length % 2 == 0);
            var relayed = RelayedStream.Run(adapter, request, input, operation == Own);
            MustHaveEnded(relayed, input);
            path.Add(relayed.Result.Outcome);
            path.Add(relayed.Result.Refusal?.Code);
            path.Add(relayed.View.Calls);
            if (operation == Own)
            {
                continue;
            }

            first ??= relayed;
            if (relayed.Result.Outcome != first.Result.Outcome)
            {
                throw new InvalidDataException($"One client's stream ends with {first.Result.Outcome}, another's with {relayed.Result.Outcome}.");
            }

            relayed.View.MustAgreeWith(first.View, "Clients of two dialects");
        }

        path.Add(Bucket(first!.View.Said.Length));
        path.Add(Bucket(first.View.Thought.Length));
        path.Add(first.View.IsCut);
        return path.ToHashCode();
    }

    private void MustHaveEnded(RelayedStream relayed, byte[] input)
    {
        if (relayed.IsComplete && !Ends.Any(Unescaped(input).Contains))
        {
            throw new InvalidDataException("A stream without any end is called complete.");
        }
    }

    private static int Bucket(int length) => length == 0 ? 0 : int.Log2(length) + 1;

    // Names may be written with escapes.
    private static string Unescaped(byte[] input)
    {
        var text = Encoding.Latin1.GetString(input);
        if (!text.Contains("\\u00", StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\' && at + 6 <= text.Length && text[at + 1] == 'u' && ushort.TryParse(text.AsSpan(at + 2, 4), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var code))
            {
                plain.Append((char)code);
                at += 5;
                continue;
            }

            plain.Append(text[at]);
        }

        return plain.ToString();
    }
}
