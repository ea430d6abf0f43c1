using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using ProxyCluster.GatewayApi.Providers.Gemini;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>
/// What an endpoint answers that gives out access tokens: the first line is the status, the rest the body. There is a
/// token that a header takes, or none, or the endpoint has failed.
/// </summary>
internal sealed class AccessTokenTarget : FuzzTarget
{
    private static readonly ServiceAccount Account = Create();

    /// <inheritdoc/>
    public override string Name => "access-token";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => ["200\n", "400\n", "500\n", "\"access_token\":", "\"ya29.a\"", "\"expires_in\":", "3599", "\"token_type\":\"Bearer\"", "\"a\\r\\nb\"", "\"a b\""];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["Providers/Gemini/AccessTokens.cs:Read", "Providers/Gemini/AccessTokens.cs:AskAsync", "Providers/Gemini/AccessTokens.cs:ExchangeAsync"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/Gemini/AccessTokens.cs", "if ((int)response.StatusCode is 408 or 429 or >= 500)");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var end = input.AsSpan().IndexOf((byte)'\n');
        var status = int.TryParse(input.AsSpan(0, Math.Max(0, end)), out var told) ? Math.Clamp(told, 200, 599) : 200;
        var tokens = new AccessTokens(
            Account,
            (_, _) => Task.FromResult(new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(input[(end + 1)..]) }),
            Clock.Still);
        try
        {
            var header = tokens.GetAsync(default).AsTask().GetAwaiter().GetResult();
            if (status is 408 or 429 or >= 500 || (header is null && status < 300))
            {
                throw new InvalidDataException("An endpoint that failed, or gave no token, has refused the account.");
            }

            if (header is { Parameter: null or "" } || header?.Parameter!.Any(static c => c is < '!' or > '~') == true)
            {
                throw new InvalidDataException($"No header takes '{header}'.");
            }

            return HashCode.Combine(header is null, header?.Parameter?.Length);
        }
        catch (HttpRequestException)
        {
            return 1;
        }
    }

    private static ServiceAccount Create()
    {
        using var key = RSA.Create(1024);
        var file = JsonSerializer.Serialize(new Dictionary<string, string> { ["client_email"] = "a@b", ["private_key"] = key.ExportPkcs8PrivateKeyPem() });
        return ServiceAccount.TryParse(file, out var account) ? account : throw new InvalidOperationException("The key was not taken.");
    }
}
