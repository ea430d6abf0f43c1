using System.Text;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.GatewayApi.Providers.Gemini;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>
/// Keys that are files of Google's or Amazon's: what is taken for one can sign, and sends its assertion nowhere but to
/// https or this machine.
/// </summary>
internal sealed class ProviderKeyTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "provider-key";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "\"client_email\":", "\"private_key\":", "\"private_key_id\":", "\"project_id\":", "\"token_uri\":", "\"http://metadata/token\"", "\"https://oauth2.googleapis.com/token\"", "\"http://127.0.0.1/t\"",
        "\"AccessKeyId\":", "\"SecretAccessKey\":", "\"SessionToken\":", "-----BEGIN PRIVATE KEY-----", "AIza", "ya29.", ":",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["Providers/Gemini/VertexCredential.cs", "Providers/Gemini/ServiceAccount.cs:TryParse", "Providers/Bedrock/AwsCredentials.cs:TryParse", "Providers/Bedrock/AwsCredentials.cs:TryParseJson"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/Gemini/ServiceAccount.cs", "if (root.GetText(\"client_email\")") { CountsAs = true };

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var vertex = VertexCredential.Of(new Secret(text));
        if ((vertex.Kind == VertexCredentialKind.ServiceAccount) != (vertex.Account is not null))
        {
            throw new InvalidDataException($"A key of kind {vertex.Kind} has {(vertex.Account is null ? "no" : "an")} account.");
        }

        if (vertex.Account is { } account)
        {
            if (account.TokenUri.Scheme != Uri.UriSchemeHttps && !account.TokenUri.IsLoopback)
            {
                throw new InvalidDataException($"An assertion would be sent to {account.TokenUri}.");
            }

            _ = account.Sign(Clock.Still.GetUtcNow());
        }

        var amazon = AwsCredentials.TryParse(text);
        if (amazon is not null && (amazon.AccessKeyId.Length == 0 || amazon.Reveal().Length == 0))
        {
            throw new InvalidDataException("Nothing is taken for Amazon's credentials.");
        }

        return HashCode.Combine(vertex.Kind, vertex.Account?.KeyId is null, amazon is null, amazon?.SessionToken is null);
    }
}
