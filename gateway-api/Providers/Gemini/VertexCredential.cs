using System.Runtime.CompilerServices;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>What a provider's key is: Vertex AI takes three kinds of credentials, which are told apart by their form.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Account">Of a service account's file: the account.</param>
internal sealed record VertexCredential(VertexCredentialKind Kind, ServiceAccount? Account)
{
    private static readonly ConditionalWeakTable<Secret, VertexCredential> Known = [];

    /// <summary>Reads a key; once for each.</summary>
    public static VertexCredential Of(Secret key) => Known.GetValue(key, static secret => Read(secret.Reveal()));

    private static VertexCredential Read(string key)
    {
        if (key.AsSpan().TrimStart().StartsWith("{"))
        {
            return ServiceAccount.TryParse(key, out var account)
                ? new VertexCredential(VertexCredentialKind.ServiceAccount, account)
                : new VertexCredential(VertexCredentialKind.Unreadable, null);
        }

        // What Google's keys begin with, old and new.
        var isApiKey = key.StartsWith("AIza", StringComparison.Ordinal) || key.StartsWith("AQ.", StringComparison.Ordinal);
        return new VertexCredential(isApiKey ? VertexCredentialKind.ApiKey : VertexCredentialKind.AccessToken, null);
    }
}

/// <summary>Kinds of credentials.</summary>
internal enum VertexCredentialKind
{
    /// <summary>JSON that is no service account's file.</summary>
    Unreadable = 0,

    /// <summary>A bearer token that the operator renews.</summary>
    AccessToken = 1,

    /// <summary>An API key.</summary>
    ApiKey = 2,

    /// <summary>A service account's file, exchanged for tokens.</summary>
    ServiceAccount = 3,
}
