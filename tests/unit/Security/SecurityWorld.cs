using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Secrets;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>A gateway's security with a directory in memory, a clock of its own and a directory on disk.</summary>
internal sealed class SecurityWorld : IDisposable
{
    private readonly Dictionary<int, StubKeyDirectory> _shards = [];
    private readonly ServiceProvider _metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public SecurityWorld(Action<ProxyClusterOptions>? configure = null, string? directory = null)
    {
        Directory = directory ?? System.IO.Directory.CreateTempSubdirectory("pc-security-").FullName;
        Options = NewOptions(configure ?? (o => o.Auth.Required = true));
        Configuration = new ConfigurationInForce(Options);
        Secrets = new SecretResolver(Configuration, Keks = new KekSource(Configuration));
        Pepper = new PepperSource(Configuration, Secrets);
        (Grains, var stub) = StubGrainFactory.Create();
        stub.Missing = (_, key) => Shard(int.Parse(key, System.Globalization.CultureInfo.InvariantCulture));
        Accounts = new AccountTable();
        Table = new KeyTable(Clock, new KeyCallers(Accounts, RoleTable.BuiltIn));
        Metrics = new SecurityMetrics(_metrics.GetRequiredService<IMeterFactory>(), Table);
        Rehasher = new KeyRehasher(Grains, Pepper, Clock, NullLogger<KeyRehasher>.Instance);
        var verifier = new KeyVerifier(Table, new KeyLookup(Grains, Table, Clock), Rehasher, Pepper, Metrics, Clock);
        Events = new SecurityEvents(Clock);
        var tokens = new JwtMetrics(_metrics.GetRequiredService<IMeterFactory>());
        Issuers = new JwtIssuers(Configuration, Secrets, Jwks, RoleTable.Of(Options.Auth), Events, tokens, Clock, NullLogger<JwtIssuers>.Instance);
        Authenticator = new CallerAuthenticator(Configuration, verifier, new JwtAuthenticator(Issuers, Accounts, tokens), Events, Metrics);
        Creation = new KeyCreation(Grains, Pepper, Clock);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public string Directory { get; }

    public ProxyClusterOptions Options { get; }

    public ConfigurationInForce Configuration { get; }

    public ISecretResolver Secrets { get; }

    public KekSource Keks { get; }

    public PepperSource Pepper { get; }

    public IGrainFactory Grains { get; }

    public AccountTable Accounts { get; }

    public KeyTable Table { get; }

    public KeyRehasher Rehasher { get; }

    public SecurityMetrics Metrics { get; }

    public CallerAuthenticator Authenticator { get; }

    public SecurityEvents Events { get; }

    /// <summary>Answers for every issuer's key set.</summary>
    public StubJwksSource Jwks { get; } = new();

    public JwtIssuers Issuers { get; }

    public KeyCreation Creation { get; }

    public ProxyClusterOptions NewOptions(Action<ProxyClusterOptions> configure)
    {
        var options = new ProxyClusterOptions();
        options.Cluster.DataDirectory = Directory;
        configure(options);
        return options;
    }

    public StubKeyDirectory Shard(int number)
    {
        lock (_shards)
        {
            return _shards.TryGetValue(number, out var shard) ? shard : _shards[number] = new() { Now = Clock.GetUtcNow };
        }
    }

    public StubKeyDirectory ShardOf(string key) => Shard(NumberOf(key));

    public static int NumberOf(string key) => KeyDirectory.ShardOf(key.AsSpan(6, ApiKeyFormat.PublicIdLength));

    /// <summary>How many events of a type there were.</summary>
    public int CountOf(SecurityEventType type) => (int)Events.Latest().Where(one => one.Type == type).Sum(static one => one.Count);

    /// <summary>Makes a key in the directory; the gateway has not heard of it.</summary>
    public Task<string> CreateAsync(string role = KeyRoles.User, DateTimeOffset? expiresAt = null) =>
        CreateAsync(Wish(role) with { ExpiresAt = expiresAt });

    /// <summary>Makes a key in the directory; the gateway has not heard of it.</summary>
    public async Task<string> CreateAsync(KeyRecord wish) => (await Creation.CreateAsync(wish, CancellationToken.None)).Key.Reveal();

    /// <summary>Has the directory take in a user or team; the gateway has not heard of it.</summary>
    public async Task SetAsync(SubjectRecord record) => await Shard(KeyDirectory.ShardOf(record.Subject)).SetSubjectAsync(record, 0);

    public static KeyRecord Wish(params string[] roles) => new() { PublicId = "", Hash = [], Name = "app", Roles = [.. roles] };

    public static string IdOf(string key) => key.Substring(6, ApiKeyFormat.PublicIdLength);

    /// <summary>Lets the gateway hear each shard once.</summary>
    public async Task HearAsync()
    {
        for (var shard = 0; shard < KeyDirectory.Shards; shard++)
        {
            Table.Apply(shard, await Shard(shard).FeedAsync(Table.CursorOf(shard), TimeSpan.Zero));
        }
    }

    public async Task<FileKeys> ReadFileAsync()
    {
        var keys = new FileKeys(Configuration, Secrets, Pepper, Table, NullLogger<FileKeys>.Instance);
        await keys.StartAsync(CancellationToken.None);
        return keys;
    }

    public KeySnapshotStore Snapshots() => new(Configuration, Table, Pepper, new DiskSeal(Configuration, Keks, Pepper), Clock, NullLogger<KeySnapshotStore>.Instance);

    public ValueTask<Authentication> AskAsync(params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        context.Request.Host = new HostString("gateway.example");
        foreach (var (name, value) in headers)
        {
            context.Request.Headers.Append(name, value);
        }

        return Authenticator.AuthenticateAsync(context);
    }

    /// <summary>Whether only its owner can read and write a file.</summary>
    public static bool IsPrivate(string path) =>
        OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite);

    public static string RandomKey() => ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));

    public void Dispose()
    {
        Authenticator.Dispose();
        Issuers.Dispose();
        _metrics.Dispose();
        if (System.IO.Directory.Exists(Directory))
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }
}
