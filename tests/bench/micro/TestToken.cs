using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ProxyCluster.Bench.Micro;

/// <summary>A token (HS256) as an issuer makes it, good for a day.</summary>
internal static class TestToken
{
    public const string Issuer = "issuer";
    public const string Audience = "gateway";
    public const string Secret = "0123456789abcdef0123456789abcdef";

    /// <summary>Of the user <c>ada</c> of the team <c>research</c>.</summary>
    /// <param name="characters">About how long it is to be; at least 300.</param>
    public static string Of(int characters)
    {
        var end = TimeProvider.System.GetUtcNow().AddDays(1).ToUnixTimeSeconds();
        var pad = new string('x', Math.Max(0, (characters - 250) * 3 / 4));
        var text = Encode("""{"alg":"HS256","typ":"JWT"}""") + "." + Encode(
            $$"""{"iss":"{{Issuer}}","aud":"{{Audience}}","sub":"ada","team":"research","roles":["user"],"exp":{{end}},"pad":"{{pad}}"}""");
        return text + "." + Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.ASCII.GetBytes(text)));
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
