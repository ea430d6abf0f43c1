using System.Text;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>What a secret looks like where it is found again: as it is, in the encodings that programs use, and where part of it is masked.</summary>
internal static class SecretTraces
{
    // What stays recognisable where the rest is masked.
    private const int Recognisable = 24;

    /// <summary>The texts to search for in bytes that are read as Latin-1.</summary>
    public static IEnumerable<string> Of(string secret)
    {
        var text = secret[^Recognisable..];
        var bytes = Encoding.UTF8.GetBytes(text);
        yield return text;
        yield return Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(text));
        yield return Convert.ToHexString(bytes);
        yield return Convert.ToHexStringLower(bytes);
        for (var shift = 0; shift < 3; shift++)
        {
            // Of the first and the last character of a base64 text other bytes decide, too.
            var encoded = Convert.ToBase64String([.. new byte[shift], .. bytes]).TrimEnd('=');
            yield return encoded[(shift == 0 ? 0 : shift + 1)..^1];
        }
    }
}
