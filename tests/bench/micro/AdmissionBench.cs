using System.Collections.Immutable;
using System.Net;
using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ProxyCluster.Bench.Micro.Cluster;
using ProxyCluster.Bench.Micro.Keys;
using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Budgets;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Bench.Micro;

/// <summary>
/// All that a request goes through to be let in, in its order: the address guard, the credential, the permission, the limits of
/// key, user, team and model, and their budgets of tokens, reserved and settled. Target: 3 µs and 200 bytes.
/// </summary>
public class AdmissionBench : IDisposable
{
    private const string Body = """{"model":"priced","max_tokens":500,"messages":[{"role":"user","content":"What is the capital of France?"}]}""";
    private const int LeaseTokens = 100_000;
    private const int Plenty = 1_000_000_000;

    private readonly DefaultHttpContext _context = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("pc-bench-admission-").FullName;
    private ServiceProvider? _services;
    private ICallerAuthenticator _authenticator = null!;
    private PermissionGate _permissions = null!;
    private LeasedLimiter _limiter = null!;
    private BudgetKeeper _budgets = null!;
    private Exchange _exchange = null!;

    public enum Credentials
    {
        Key,
        Token,
    }

    [ParamsAllValues]
    public Credentials With { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var population = new KeyPopulation(1);
        var services = Gateway.Services(GenerousGrains.Of(LeaseTokens), population.PepperText, _directory, Options());
        services.AddSingleton<IRoutingSnapshotSource, FixedSnapshot>();
        services.AddRateLimiting();
        services.AddSingleton<BudgetMetrics>();
        services.AddSingleton<BudgetBell>();
        services.AddSingleton<BudgetKeeper>();
        _services = services.BuildServiceProvider();
        Fill(_services.GetRequiredService<KeyTable>(), population);
        _authenticator = _services.GetRequiredService<ICallerAuthenticator>();
        _permissions = _services.GetRequiredService<PermissionGate>();
        _limiter = _services.GetRequiredService<LeasedLimiter>();
        _budgets = _services.GetRequiredService<BudgetKeeper>();
        _context.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.7");
        _context.Request.Headers.Authorization = "Bearer " + (With == Credentials.Key ? KeyPopulation.Key(0) : TestToken.Of(300));
        RequestScanner.Scan(Encoding.UTF8.GetBytes(Body), InferenceOperation.ChatCompletions, new InputLimitOptions(), new ModelNames(), out var request);
        _exchange = new Exchange(_context, InferenceOperation.ChatCompletions, new RequestScratch(TimeProvider.System), TimeProvider.System)
        {
            RequestId = "bench",
            Region = "local",
            Request = request,
        };
        WholeAsync().AsTask().GetAwaiter().GetResult();
        if (_exchange.Caller!.Accounts.Length != (With == Credentials.Key ? 3 : 2) || _exchange.Reservation!.Count != _exchange.Caller.Accounts.Length + 1)
        {
            throw new InvalidOperationException("The request does not count against what it should.");
        }
    }

    /// <summary>Who sends it, and whether it may.</summary>
    [Benchmark]
    public ValueTask<object?> Authenticate() => AuthenticateAsync();

    /// <summary>The whole.</summary>
    [Benchmark]
    public ValueTask<object?> AuthenticateAndLimit() => WholeAsync();

    /// <summary>With the headers that tell the client how it stands.</summary>
    [Benchmark]
    public async ValueTask<object?> AuthenticateLimitAndTell()
    {
        var taken = await WholeAsync();
        var headers = _context.Response.Headers;
        RateLimitHeaders.Write(headers, _exchange.Limits);
        TokenLimitHeaders.Write(headers, TokenLimitHeaders.Tightest(_exchange.Reservation!));
        return taken;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _services?.Dispose();
        Directory.Delete(_directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    private static ProxyClusterOptions Options()
    {
        var options = new ProxyClusterOptions();
        options.Auth.Jwt.Add(new() { Issuer = TestToken.Issuer, Audience = TestToken.Audience, Secret = TestToken.Secret });
        options.RateLimits.Models.Add(new() { Name = "priced", RequestsPerMinute = Plenty / 10 });
        options.Budgets.Models.Add(new() { Name = "priced", TokensPerMinute = Plenty });
        return options;
    }

    private static void Fill(KeyTable table, KeyPopulation population)
    {
        var limits = new LimitSet { RequestsPerMinute = Plenty / 10, RequestsPerHour = Plenty, TokensPerMinute = Plenty };
        var shard = KeyPopulation.ShardOf(KeyPopulation.Key(0));
        var key = population.Records(shard, 0, 1)[0] with { User = "ada", Team = "research", Limits = limits };
        ImmutableArray<SubjectRecord> subjects =
        [
            new() { Kind = SubjectKind.User, Id = "ada", Team = "research", Limits = limits },
            new() { Kind = SubjectKind.Team, Id = "research", Limits = limits },
        ];
        table.Apply(shard, new KeyFeedPage(default, Whole: false, [key], More: false) { Subjects = subjects });
    }

    private async ValueTask<object?> AuthenticateAsync()
    {
        var authentication = await _authenticator.AuthenticateAsync(_context);
        var caller = authentication.Caller ?? throw new InvalidOperationException("The credential was refused.");
        _exchange.Caller = caller;
        return _permissions.Check(_context, caller, _exchange.Operation.Permission());
    }

    private async ValueTask<object?> WholeAsync()
    {
        var refusal = await AuthenticateAsync();
        var asked = new LimitedRequest(_exchange.Caller!, _exchange.Request!.Model, _exchange.From);
        _exchange.Limits = await _limiter.AcquireAsync(asked, CancellationToken.None);
        refusal ??= _exchange.Limits.Refusal ?? await _budgets.ReserveAsync(_exchange, RoutingSnapshot.Empty, CancellationToken.None);
        _limiter.Release(_exchange.Limits);
        _exchange.Reservation!.Settle(new Amount(120, 0));
        return refusal is null ? null : throw new InvalidOperationException("The request was refused.");
    }
}
