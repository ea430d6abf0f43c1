using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Outbound;

/// <summary>A file of authorities that is replaced, broken and removed while the gateway runs.</summary>
public sealed class AuthorityFileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task File_ThatIsReplaced_CountsForTheNextConnection_AndABrokenOneChangesNothing()
    {
        using var old = new Certificates();
        using var renewed = new Certificates();
        using var oldServer = old.Sign("localhost");
        using var newServer = renewed.Sign("localhost");
        await using var before = new RawServer(oldServer);
        await using var after = new RawServer(newServer);
        await using var silo = await StartAsync(old.AuthorityFile, before.Port, after.Port);
        using var client = TestHttp.Client(silo.Data);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadGateway), await AskAsync(client));

        await File.WriteAllTextAsync(old.AuthorityFile, "-----BEGIN CERTIFICATE-----\nbroken", Cancel);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadGateway), await AskAsync(client));
        Assert.Contains("The authorities that were trusted before stay in force", silo.Process.Output, StringComparison.Ordinal);

        File.Delete(old.AuthorityFile);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadGateway), await AskAsync(client));

        File.Copy(renewed.AuthorityFile, old.AuthorityFile);
        Assert.Equal((HttpStatusCode.BadGateway, HttpStatusCode.OK), await AskAsync(client));
    }

    [Fact]
    public async Task Provider_AddedWithAFileThatIsMissing_ServesOnceItIsThere()
    {
        using var certificates = new Certificates();
        using var signed = certificates.Sign("localhost");
        await using var server = new RawServer(signed);
        var file = certificates.AuthorityFile + ".later";
        await using var silo = await SiloProcess.StartAsync();
        using var client = TestHttp.Client(silo.Data);
        using var admin = TestHttp.Client(silo.Admin);
        await admin.AddProviderAsync(
            $$"""{"name":"late","type":"openai","baseUrl":"https://localhost:{{server.Port}}/v1","certificateAuthorities":"{{file}}","models":["late-model"]}""");
        while (await StatusAsync(client, "late-model") == HttpStatusCode.NotFound)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }

        Assert.Equal(HttpStatusCode.BadGateway, await StatusAsync(client, "late-model"));
        File.Copy(certificates.AuthorityFile, file);
        try
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "late-model"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Task<SiloProcess> StartAsync(string authorities, params int[] ports)
    {
        var providers = new JsonArray();
        for (var i = 0; i < ports.Length; i++)
        {
            var provider = ProgramOptions.Provider($"p{i}", "openai", new Uri($"https://localhost:{ports[i]}/v1"), "m");
            provider["CertificateAuthorities"] = authorities;
            providers.Add(provider);
        }

        // A connection that was opened ahead was opened with the authorities of then.
        var config = new JsonObject { ["Providers"] = providers, ["Pools"] = new JsonObject { ["MinSize"] = 0 } };
        return SiloProcess.StartAsync(new ProgramOptions { Config = config });
    }

    private static async Task<(HttpStatusCode First, HttpStatusCode Second)> AskAsync(HttpClient client) =>
        (await StatusAsync(client, "p0/m"), await StatusAsync(client, "p1/m"));

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string model)
    {
        using var response = await client.ChatAsync(model);
        return response.StatusCode;
    }
}
