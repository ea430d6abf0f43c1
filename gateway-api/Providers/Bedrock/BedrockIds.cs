using System.Security.Cryptography;
using System.Text;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>
/// Makes ids and names of calls that other providers gave fit for Bedrock, which takes 1 to 64 letters, digits,
/// <c>_</c> and <c>-</c>. The same text always becomes the same, so that results still find their calls.
/// </summary>
internal static class BedrockIds
{
    private const int Longest = 64;
    private const int HashBytes = 8;

    /// <summary>A call's id.</summary>
    public static string Call(string id) => Fit(id);

    /// <summary>The name of a tool that was called.</summary>
    public static string Name(string name) => Fit(name);

    private static string Fit(string text)
    {
        if (BedrockTools.IsName(text))
        {
            return text;
        }

        var clean = string.Create(Math.Min(text.Length, Longest), text, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = char.IsAsciiLetterOrDigit(source[i]) || source[i] is '_' or '-' ? source[i] : '_';
            }
        });
        if (text.Length <= Longest)
        {
            return clean;
        }

        // Cut off alone, two long ids could become one.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, HashBytes));
        return $"{clean.AsSpan(0, Longest - 1 - hash.Length)}_{hash}";
    }
}
