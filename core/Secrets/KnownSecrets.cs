using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ProxyCluster.Core.Secrets;

/// <summary>
/// The secrets that this process has read, so that the places where text leaves it (logs, traces, errors) can take them
/// out, whatever way they got there (RELIABILITY S4). What is too short to be a secret is not taken in: it would be found
/// in every second word.
/// </summary>
public sealed class KnownSecrets
{
    /// <summary>Characters of the shortest value that is taken in.</summary>
    public const int LeastLength = 8;

    private const int Most = 8192;

    // Of a secret of several parts each is one, where it is not a word.
    private const int LeastPart = 16;

    private readonly Lock _lock = new();
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private volatile Known _known = new([]);

    /// <summary>Those of the whole process. Secrets are read before there is anything to inject one from.</summary>
    public static KnownSecrets OfProcess { get; } = new();

    /// <summary>Takes a secret in, its parts where it has several, and the forms that JSON and URLs give it.</summary>
    /// <param name="value">The secret; <see langword="null"/> or too short: nothing is done.</param>
    public void Add(string? value)
    {
        if (value is not { Length: >= LeastLength })
        {
            return;
        }

        foreach (var part in PartsOf(value).Where(part => part.Length >= LeastPart && part != value))
        {
            Add(part);
        }

        lock (_lock)
        {
            if (_values.Count < Most && _values.Add(value))
            {
                _values.Add(JsonEncodedText.Encode(value).ToString());
                _values.Add(Uri.EscapeDataString(value));
                _known = new(_values);
            }
        }
    }

    /// <summary>The text without known secrets, and without what looks like one; the same object where there is neither.</summary>
    /// <param name="text">What is about to leave the process.</param>
    public string Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return SecretPatterns.Redact(_known.Redact(text));
    }

    private static string[] PartsOf(string value)
    {
        if (!value.StartsWith('{'))
        {
            return value.Contains("//", StringComparison.Ordinal) ? [] : value.Split(':');
        }

        try
        {
            using var document = JsonDocument.Parse(value);
            return [.. document.RootElement.EnumerateObject().Where(IsSecret).Select(static member => member.Value.GetString()!)];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    // As clouds call them in files of credentials: private_key, SecretAccessKey, SessionToken.
    private static bool IsSecret(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.String
        && (member.Name.Contains("secret", StringComparison.OrdinalIgnoreCase)
            || member.Name.EndsWith("token", StringComparison.OrdinalIgnoreCase)
            || member.Name.EndsWith("key", StringComparison.OrdinalIgnoreCase));

    private sealed class Known
    {
        private readonly string[] _longestFirst;
        private readonly SearchValues<string> _any;

        public Known(IReadOnlyCollection<string> values)
        {
            _longestFirst = [.. values.OrderByDescending(static value => value.Length)];
            _any = SearchValues.Create(_longestFirst, StringComparison.Ordinal);
        }

        public string Redact(string text)
        {
            var rest = text.AsSpan();
            var found = rest.IndexOfAny(_any);
            if (found < 0)
            {
                return text;
            }

            var redacted = new StringBuilder(text.Length);
            for (; found >= 0; found = rest.IndexOfAny(_any))
            {
                redacted.Append(rest[..found]).Append(SecretPatterns.Mask);
                rest = rest[(found + LengthAt(rest[found..]))..];
            }

            return redacted.Append(rest).ToString();
        }

        private int LengthAt(ReadOnlySpan<char> text)
        {
            foreach (var value in _longestFirst)
            {
                if (text.StartsWith(value, StringComparison.Ordinal))
                {
                    return value.Length;
                }
            }

            return 1;
        }
    }
}
