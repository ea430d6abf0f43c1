using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Outbound;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>A provider's key that came through the admin API, from its making over restarts and a rotation of the KEK to its end.</summary>
public sealed class StoredKeyTests : IAsyncLifetime
{
    private const string Key = "sk-planted-0123456789-wxyz";
    private const string Path = "/admin/v1/providers";

    private ScriptedUpstream _upstream = null!;
    private SiloProcess _silo = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        _silo = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject { ["Providers"] = new JsonArray(ProgramOptions.Provider("of-the-file", "openai", new Uri(_upstream.Url, "/v1"), "file-model")) },
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_silo is not null)
        {
            TestContext.Current.SendDiagnosticMessage(_silo.Process.Output);
            await _silo.DisposeAsync();
        }

        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Key_MadeThroughTheApi_IsUsedAndNeverShownNorWritten()
    {
        using var admin = TestHttp.Client(_silo.Admin);
        using var made = await MakeAsync(admin);
        var shown = await made.Content.ReadAsStringAsync(Cancel);
        Assert.Equal("***wxyz", (string?)JsonNode.Parse(shown)!["apiKey"]);

        await AssertUsedAsync("Bearer " + Key);

        Assert.DoesNotContain("planted", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", await admin.GetStringAsync(Path, Cancel), StringComparison.Ordinal);
        Assert.DoesNotContain("planted", await admin.GetStringAsync(Path + "/stored", Cancel), StringComparison.Ordinal);
        Assert.DoesNotContain("planted", _silo.Process.Output, StringComparison.Ordinal);

        await _silo.RestartAsync();
        await AssertUsedAsync("Bearer " + Key);
        await _silo.Process.StopAsync();
        foreach (var file in Directory.EnumerateFiles(_silo.Directory, "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain("planted", Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Cancel)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Key_OfAChangedProvider_IsKeptReplacedAndDropped()
    {
        using var admin = TestHttp.Client(_silo.Admin);
        using var made = await MakeAsync(admin);

        using var kept = await ChangeAsync(admin, HttpMethod.Put, new { type = "openai", baseUrl = BaseUrl(), priority = 2, models = new[] { "stored-model" } });
        Assert.Equal((HttpStatusCode.OK, "***wxyz"), (kept.StatusCode, await ShownAsync(kept)));
        using var patched = await ChangeAsync(admin, HttpMethod.Patch, new { priority = 3 });
        Assert.Equal("***wxyz", await ShownAsync(patched));
        using var replaced = await ChangeAsync(admin, HttpMethod.Patch, new { apiKey = "sk-planted-0123456789-2222" });
        Assert.Equal("***2222", await ShownAsync(replaced));
        await AssertUsedAsync("Bearer sk-planted-0123456789-2222");

        using var moved = await ChangeAsync(admin, HttpMethod.Patch, new { baseUrl = new Uri(_upstream.Url, "/v2").ToString() });
        Assert.Null(await ShownAsync(moved));
        Assert.StartsWith("the stored key was dropped", string.Join(',', moved.Headers.GetValues("x-proxy-warning")), StringComparison.Ordinal);
        await AssertUsedAsync(null);

        using var again = await ChangeAsync(admin, HttpMethod.Patch, new { apiKey = Key });
        Assert.Equal("***wxyz", await ShownAsync(again));
        using var dropped = await ChangeAsync(admin, HttpMethod.Patch, new { apiKey = (string?)null });
        Assert.Null(await ShownAsync(dropped));
    }

    [Fact]
    public async Task Key_AfterARotationOfTheKek_IsSealedUnderTheNewOneAlone()
    {
        using (var admin = TestHttp.Client(_silo.Admin))
        {
            using var made = await MakeAsync(admin);
        }

        // The first KEK was made in the data directory; both are files from now on.
        var before = System.IO.Path.Combine(_silo.Directory, "kek-before");
        var now = System.IO.Path.Combine(_silo.Directory, "kek-now");
        await File.WriteAllTextAsync(now, new string('n', 40), Cancel);
        await File.WriteAllTextAsync(before, new string('b', 40), Cancel);
        await RestartWithAsync(before, null);
        using (var admin = TestHttp.Client(_silo.Admin))
        {
            using var renewed = await ChangeAsync(admin, HttpMethod.Patch, new { apiKey = Key });
            Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
        }

        await RestartWithAsync(now, before);
        await Wait.UntilAsync(() => Task.FromResult(_silo.Process.Output.Contains("The keys of stored are now sealed under the KEK", StringComparison.Ordinal)), "the key is sealed anew", TimeSpan.FromSeconds(60));
        await RestartWithAsync(now, null);

        await AssertUsedAsync("Bearer " + Key);
    }

    private async Task RestartWithAsync(string kek, string? previous)
    {
        await _silo.Process.StopAsync();
        _silo.Config["Secrets"] = new JsonObject { ["Kek"] = "file:" + kek, ["PreviousKek"] = previous is null ? null : "file:" + previous };
        _silo.WriteConfig();
        await _silo.RestartAsync();
    }

    private string BaseUrl() => new Uri(_upstream.Url, "/v1").ToString();

    private async Task<HttpResponseMessage> MakeAsync(HttpClient admin)
    {
        var made = await admin.PostAsJsonAsync(Path, new { name = "stored", type = "openai", baseUrl = BaseUrl(), apiKey = Key, models = new[] { "stored-model" } }, Cancel);
        Assert.True(made.StatusCode == HttpStatusCode.Created, await made.Content.ReadAsStringAsync(Cancel));
        return made;
    }

    private static async Task<HttpResponseMessage> ChangeAsync(HttpClient admin, HttpMethod method, object body)
    {
        using var current = await admin.GetAsync(new Uri(Path + "/stored", UriKind.Relative), Cancel);
        using var request = new HttpRequestMessage(method, Path + "/stored") { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("If-Match", current.Headers.ETag!.Tag);
        return await admin.SendAsync(request, Cancel);
    }

    private static async Task<string?> ShownAsync(HttpResponseMessage response) => (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["apiKey"];

    // Until the gateway has heard of the change.
    private async Task AssertUsedAsync(string? authorization)
    {
        using var client = TestHttp.Client(_silo.Data);
        await Wait.UntilAsync(
            async () =>
            {
                _upstream.Reset();
                using var response = await client.ChatAsync("stored/stored-model");
                return response.IsSuccessStatusCode && _upstream.Requests.Single().Header("authorization") == authorization;
            },
            $"the provider is asked with {authorization}",
            TimeSpan.FromSeconds(60));
    }
}
