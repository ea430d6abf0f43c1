using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ProxyCluster.Extensions;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.Silo.Hosting;

namespace ProxyCluster.Tests.Http.OwnCode;

/// <summary>The product in this process, with an extension that was given in code: a provider for each way to misbehave.</summary>
public sealed class OddHost : IAsyncLifetime, IGatewayExtension
{
    // Of those whose time is to run out.
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Total = TimeSpan.FromSeconds(2);

    private static readonly string[] Patient = ["fine", "waits"];

    private static readonly string[] Names =
    [
        "fine", "throws-at-once", "null-stream", "blocks", "throws", "limited", "limited-1", "limited-2", "locked", "locked-1", "locked-2", "refuses", "late", "unreachable", "hangs", "nothing", "no-finish",
        "misplaced", "half", "half-then-hangs", "empty-for-ever", "endless", "waits", "constructor", "no-adapter", "slow-constructor",
    ];

    private readonly string _directory = Directory.CreateTempSubdirectory("proxycluster-odd-").FullName;
    private WebApplication? _app;

    public OddWatch Watch { get; } = new();

    public HttpClient Client { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    public void Register(GatewayExtensions registry) => registry.AddProvider("odd", context => context.Name switch
    {
        "constructor" => throw new InvalidOperationException("planted"),
        "no-adapter" => null!,
        "slow-constructor" => Slowly(context),
        _ => new OddAdapter(context, Watch),
    });

    public async ValueTask InitializeAsync()
    {
        _app = SiloApplication.Create(
            [
                "--Listen:Data=http://127.0.0.1:0", "--Listen:Admin=http://127.0.0.1:0", "--Listen:Ops=http://127.0.0.1:0",
                "--Cluster:SiloPort=0", "--Cluster:GatewayPort=0", $"--Cluster:DataDirectory={_directory}", "--Telemetry:LogLevel=Critical",
                "--Providers:0:Name=backup", "--Providers:0:Type=simulator", "--Providers:0:Models:0=backup",
                "--Providers:1:ApiKeys:0=key-2", "--Routing:Retry:AskAgain=false",
                .. Names.SelectMany(static (name, i) => Provider(i + 1, name)),
            ],
            this);
        await _app.StartAsync();
        var addresses = _app.Services.GetRequiredService<ListenerAddresses>();
        Client = Support.Clients.TestHttp.Client(addresses.Data!);
        Admin = Support.Clients.TestHttp.Client(addresses.Admin!);
    }

    /// <summary>Sends a chat and returns as soon as the headers are there.</summary>
    public async Task<HttpResponseMessage> ChatAsync(string model, bool stream, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        request.Content = new StringContent(
            $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hi"}]{{(stream ? ",\"stream\":true" : "")}}}""", Encoding.UTF8, "application/json");
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Watch.Dispose();
        Client?.Dispose();
        Admin?.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private OddAdapter Slowly(ProviderContext context)
    {
        Watch.Gate.Wait();
        return new OddAdapter(context, Watch);
    }

    private static string[] Provider(int number, string name)
    {
        var at = string.Create(CultureInfo.InvariantCulture, $"--Providers:{number}:");
        string[] limits = Patient.Contains(name) ? [] : [$"{at}TimeoutSeconds={Quick.TotalSeconds}", $"{at}TotalTimeoutSeconds={Total.TotalSeconds}"];
        return
        [
            .. limits, $"{at}Name={name}", $"{at}Type=odd", $"{at}ApiKey=key-1", $"{at}Models:0=m-{name}",
            $"--Aliases:{name}-or-backup:Strategy=priority", $"--Aliases:{name}-or-backup:Models:0={name}/m-{name}", $"--Aliases:{name}-or-backup:Models:1=backup/backup",
        ];
    }
}
