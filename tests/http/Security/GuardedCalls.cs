using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Calls to the guarded gateway with one credential or another.</summary>
internal static class GuardedCalls
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What was answered.</summary>
    internal readonly record struct Answer(HttpStatusCode Status, string Text, HttpResponseHeaders Headers)
    {
        public JsonObject Body => Text.Length == 0 ? [] : JsonNode.Parse(Text)!.AsObject();

        /// <summary>The code of a problem of the admin plane, or of an error of the data plane.</summary>
        public string? Code => (string?)Body["code"] ?? (string?)Body["error"]?["code"];
    }

    /// <summary>Asks the admin plane; without a credential as an admin.</summary>
    public static Task<Answer> ManageAsync(this GuardedGatewayFixture gateway, HttpMethod method, string path, string? body = null, string? credential = null, string? version = null) =>
        SendAsync(gateway.Admin, method, "/admin/v1/" + path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"), credential ?? GuardedGatewayFixture.Token(RoleTable.Admin), version);

    /// <summary>Makes something on the admin plane; without a credential as an admin.</summary>
    public static async Task<JsonObject> MakeAsync(this GuardedGatewayFixture gateway, string what, string body, string? credential = null)
    {
        var made = await gateway.ManageAsync(HttpMethod.Post, what, body, credential);
        Assert.True(made.Status == HttpStatusCode.Created, $"{what} {body}: {(int)made.Status} {made.Text}");
        return made.Body;
    }

    /// <summary>Suspends a user or team, or takes that back, as an admin.</summary>
    public static async Task SuspendAsync(this GuardedGatewayFixture gateway, string path, bool suspended)
    {
        var found = await gateway.ManageAsync(HttpMethod.Get, path);
        var changed = await gateway.ManageAsync(HttpMethod.Patch, path, suspended ? """{"suspended":true}""" : """{"suspended":false}""", version: found.Headers.ETag!.ToString());
        Assert.True(changed.Status == HttpStatusCode.OK, changed.Text);
    }

    /// <summary>Asks the model.</summary>
    public static Task<Answer> ChatAsync(this GuardedGatewayFixture gateway, string credential) => SendAsync(
        gateway.Data,
        HttpMethod.Post,
        "/v1/chat/completions",
        JsonContent.Create(new { model = GuardedGatewayFixture.Model, messages = new[] { new { role = "user", content = "Hello" } } }),
        credential);

    private static async Task<Answer> SendAsync(HttpClient client, HttpMethod method, string path, HttpContent? content, string credential, string? version = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + credential);
        if (version is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", version);
        }

        using var response = await client.SendAsync(request, Cancel);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync(Cancel), response.Headers);
    }
}
