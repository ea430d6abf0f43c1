using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>
/// For each fault a provider that falls ill with it and one that stays well, behind an alias that asks them in this order:
/// not a score but the fault alone keeps the first from being asked.
/// </summary>
internal sealed class SickProviders : IAsyncDisposable
{
    // Short, so that it shows soon; the well ones have the usual time, and are not blamed for a busy machine.
    private const double TimeoutSeconds = 1;
    private const double TotalTimeoutSeconds = 2;

    private readonly IReadOnlyList<UpstreamFault> _faults;
    private readonly ScriptedUpstream _sick;
    private readonly ScriptedUpstream _well;
    private readonly int _unreachablePort = FreePorts.Next();
    private ScriptedUpstream? _reachable;
    private FullBacklog? _unreachable;

    private SickProviders(IReadOnlyList<UpstreamFault> faults, ScriptedUpstream sick, ScriptedUpstream well) =>
        (_faults, _sick, _well) = (faults, sick, well);

    public static async Task<SickProviders> StartAsync(params IReadOnlyList<UpstreamFault> faults)
    {
        var sick = await ScriptedUpstream.StartAsync(keptRequests: 100_000);
        var well = await ScriptedUpstream.StartAsync(keptRequests: 0);
        var providers = new SickProviders(faults, sick, well);
        await providers.HealAsync();
        return providers;
    }

    /// <summary>The configuration's <c>Providers</c> and <c>Aliases</c>.</summary>
    /// <param name="key">The providers' key, or where it is found.</param>
    public JsonObject Routes(string key)
    {
        var providers = new JsonArray();
        var aliases = new JsonObject();
        foreach (var fault in _faults)
        {
            var sick = ProgramOptions.Provider(fault.Sick, "openai", AddressOf(fault), fault.Model);
            var well = ProgramOptions.Provider(fault.Well, "openai", new Uri(_well.Url, "/v1"), fault.Model);
            sick["ApiKey"] = key;
            well["ApiKey"] = key;
            sick["TimeoutSeconds"] = TimeoutSeconds;
            sick["ConnectTimeoutSeconds"] = TimeoutSeconds;
            sick["TotalTimeoutSeconds"] = TotalTimeoutSeconds;
            providers.Add(sick);
            providers.Add(well);
            aliases[fault.Alias] = new JsonObject
            {
                ["Strategy"] = "priority",
                ["Models"] = new JsonArray($"{fault.Sick}/{fault.Model}", $"{fault.Well}/{fault.Model}"),
            };
        }

        return new JsonObject { ["Providers"] = providers, ["Aliases"] = aliases };
    }

    /// <summary>From now on each sick provider has its fault.</summary>
    public async Task HurtAsync()
    {
        foreach (var fault in _faults)
        {
            if (fault.Behaviour is { } behaviour)
            {
                _sick.ForModel(fault.Model, behaviour);
            }
        }

        if (_reachable is { } reachable)
        {
            // Last, since it takes a moment.
            _reachable = null;
            await reachable.DisposeAsync();
            _unreachable = await FullBacklog.StartAsync(_unreachablePort);
        }
    }

    /// <summary>From now on all are well.</summary>
    public async Task HealAsync()
    {
        foreach (var fault in _faults)
        {
            _sick.ForModel(fault.Model, Behaviour.Default);
        }

        if (_faults.Any(fault => fault.Behaviour is null))
        {
            _unreachable?.Dispose();
            _unreachable = null;
            _reachable = await ScriptedUpstream.StartAsync(_unreachablePort, keptRequests: 0);
        }
    }

    /// <summary>What came to the sick provider of a fault; of one that cannot be reached nothing is known.</summary>
    public IReadOnlyList<RecordedRequest> CallsOf(UpstreamFault fault) =>
        [.. _sick.Requests.Where(request => request.Json().GetProperty("model").GetString() == fault.Model)];

    public async ValueTask DisposeAsync()
    {
        _unreachable?.Dispose();
        if (_reachable is not null)
        {
            await _reachable.DisposeAsync();
        }

        await _sick.DisposeAsync();
        await _well.DisposeAsync();
    }

    private Uri AddressOf(UpstreamFault fault) =>
        fault.Behaviour is null ? new Uri($"http://127.0.0.1:{_unreachablePort}/v1") : new Uri(_sick.Url, "/v1");
}
