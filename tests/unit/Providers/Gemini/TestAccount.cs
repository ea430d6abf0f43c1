using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Unit.Providers.Gemini;

/// <summary>A service account whose key was made for this run of the tests.</summary>
internal static class TestAccount
{
    public static readonly RSA Key = RSA.Create(2048);

    public static string File(string tokenUri = "https://oauth2.googleapis.com/token") => new JsonObject
    {
        ["type"] = "service_account",
        ["project_id"] = "acme",
        ["private_key_id"] = "kid-1",
        ["private_key"] = Key.ExportPkcs8PrivateKeyPem(),
        ["client_email"] = "robot@acme.iam.gserviceaccount.com",
        ["token_uri"] = tokenUri,
    }.ToJsonString();
}
