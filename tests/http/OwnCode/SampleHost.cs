using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.OwnCode;

/// <summary>The product as a process that has loaded both samples of <c>docs/samples</c>, each with an upstream behind it.</summary>
public sealed class SampleHost : IAsyncLifetime
{
    /// <summary>Of the sample with an adapter of its own.</summary>
    public const string AdapterModel = "acme-1";

    /// <summary>Of the sample with a client of Microsoft.Extensions.AI.</summary>
    public const string ClientModel = "gpt-4o";

    private const string CallsOfAcme = """
        {"kind":"call","id":"c1","name":"weather"}
        {"kind":"arguments","id":"c1","text":"{\"city\":"}
        {"kind":"call","id":"c2","name":"time"}
        {"kind":"arguments","id":"c2","text":"{\"city\":\"Zürich\"}"}
        {"kind":"arguments","id":"c1","text":"\"Paris\"}"}
        {"kind":"cost","read":11,"remembered":0,"wrote":7}
        {"kind":"end","why":"tool_calls"}

        """;

    private const string TextOfAcme = """
        {"kind":"text","text":"Hello from the "}
        {"kind":"text","text":"scripted upstream."}
        {"kind":"cost","read":11,"remembered":0,"wrote":7}
        {"kind":"end","why":"stop"}

        """;

    public ScriptedUpstream Acme { get; private set; } = null!;

    public ScriptedUpstream OpenAi { get; private set; } = null!;

    public SiloProcess Gateway { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    /// <summary>Where a sample was built.</summary>
    public static string Sample(string name) =>
        Path.Combine(RepositoryPaths.Root, "docs", "samples", name, "bin", RepositoryPaths.Configuration, "net10.0", name + ".dll");

    public async ValueTask InitializeAsync()
    {
        Acme = await ScriptedUpstream.StartAsync();
        OpenAi = await ScriptedUpstream.StartAsync();
        var acme = ProgramOptions.Provider("acme", "acme", new Uri(Acme.Url, "/v1"), "acme-*");
        var client = ProgramOptions.Provider("client", "openai-client", new Uri(OpenAi.Url, "/v1"), ClientModel);
        acme["Headers"] = new JsonObject { ["x-team"] = "ours" };
        Gateway = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Extensions"] = new JsonArray(Sample("AdapterPlugin"), new JsonObject { ["Assembly"] = Sample("ChatClientPlugin") }),
                ["Providers"] = new JsonArray(acme, client),
                ["Routing"] = new JsonObject { ["Retry"] = new JsonObject { ["AskAgain"] = false } },
            },
        });
        Client = TestHttp.Client(Gateway.Data);
        Admin = TestHttp.Client(Gateway.Admin);
        Reset();
    }

    /// <summary>Back to correct answers: text where no function was told, calls of both where they were, text again to results.</summary>
    public void Reset()
    {
        Acme.Reset();
        OpenAi.Reset();
        AcmeSaysText();
        Acme.GetBehaviour = new Behaviour { Body = """["acme-1","acme-2"]""" };
    }

    public void AcmeSaysText() => Acme.Behaviour = new Behaviour { Body = TextOfAcme, ContentType = "application/x-ndjson" };

    public void AcmeCalls() => Acme.Behaviour = new Behaviour { Body = CallsOfAcme, ContentType = "application/x-ndjson" };

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        Admin?.Dispose();
        if (Gateway is not null)
        {
            TestContext.Current.SendDiagnosticMessage(Gateway.Process.Output);
            await Gateway.DisposeAsync();
        }

        await Acme.DisposeAsync();
        await OpenAi.DisposeAsync();
    }
}
