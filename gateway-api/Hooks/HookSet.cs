using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Extensions.Hooks;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>The hooks of the configuration in force. Where there are none a request costs one look.</summary>
internal sealed class HookSet : IDisposable
{
    private readonly IOptionsMonitor<ProxyClusterOptions> _options;
    private readonly HookTypes _types;
    private readonly HooksTelemetry _telemetry;
    private readonly TimeProvider _clock;
    private readonly IDisposable? _changes;
    private HookEntry[] _entries;

    public HookSet(IOptionsMonitor<ProxyClusterOptions> options, HookTypes types, HooksTelemetry telemetry, TimeProvider clock)
    {
        _options = options;
        _types = types;
        _telemetry = telemetry;
        _clock = clock;
        _entries = MakeAll(options.CurrentValue);
        _changes = options.OnChange(changed => Volatile.Write(ref _entries, MakeAll(changed)));
    }

    /// <summary>The hooks for a request that has been read; <see langword="null"/>: none.</summary>
    public RequestHooks? For(Exchange exchange)
    {
        var entries = Volatile.Read(ref _entries);
        return entries.Length == 0 ? null : Among(entries, exchange);
    }

    /// <summary>Bounds of what a request may be.</summary>
    public InputLimitOptions Limits => _options.CurrentValue.InputLimits;

    public void Dispose() => _changes?.Dispose();

    // Apart: what the look through the entries captures would else be made for every request.
    private static RequestHooks? Among(HookEntry[] entries, Exchange exchange)
    {
        var model = exchange.Request!.Model;
        HookEntry[] own = [.. entries.Where(entry => entry.Settings.IsFor(model))];
        return own.Length == 0 ? null : new RequestHooks(exchange, own);
    }

    private HookEntry[] MakeAll(ProxyClusterOptions options) => [.. options.Hooks.Select(Make)];

    private HookEntry Make(HookOptions entry)
    {
        var settings = new HookEntrySettings(
            entry.Name ?? entry.Type,
            [.. entry.Models],
            OnRequests: entry.On != "answer",
            OnAnswers: entry.On != "request",
            IsOpen: entry.FailureMode == "open",
            TimeSpan.FromMilliseconds(entry.TimeoutMs));
        try
        {
            return new HookEntry(settings, _types.Create(entry), _telemetry, _clock);
        }
        catch (Exception exception)
        {
            // It could be made when the file was checked. Nothing may pass by a check that is not there.
            _telemetry.NotMade(settings, exception);
            return new HookEntry(settings, new BrokenHook(), _telemetry, _clock);
        }
    }

    private sealed class BrokenHook : GatewayHook, IOwnHook
    {
        public override ValueTask<HookVerdict> OnRequestAsync(HookRequest request, CancellationToken cancellationToken) => throw Fault();

        public override ValueTask<HookVerdict> OnTextAsync(HookText text, CancellationToken cancellationToken) => throw Fault();

        private static InvalidOperationException Fault() => new("The hook could not be made.");
    }
}
