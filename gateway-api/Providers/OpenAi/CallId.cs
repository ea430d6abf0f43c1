using System.Security.Cryptography;
using System.Text;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>
/// Ids of tool calls for servers that take only their own form. A conversation that began with another provider has
/// that one's ids; the same id always becomes the same, so that results still find their calls.
/// </summary>
internal static class CallId
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <param name="id">As it came.</param>
    /// <param name="length">Letters and digits that the server takes, no more and no less; at most 32.</param>
    public static string Fit(string id, int length)
    {
        if (id.Length == length && id.All(char.IsAsciiLetterOrDigit))
        {
            return id;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(id), hash);
        Span<char> fitted = stackalloc char[length];
        for (var i = 0; i < length; i++)
        {
            fitted[i] = Alphabet[hash[i] % Alphabet.Length];
        }

        return fitted.ToString();
    }
}
