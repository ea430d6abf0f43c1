using System.Text.Json;
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
    private readonly Lock _replacing = new();
    private Dictionary<string, HookEntry> _made = [];
    private HookEntry[] _entries;

    public HookSet(IOptionsMonitor<ProxyClusterOptions> options, HookTypes types, HooksTelemetry telemetry, TimeProvider clock)
    {
        _options = options;
        _types = types;
        _telemetry = telemetry;
        _clock = clock;
        _entries = MakeAll(options.CurrentValue);
        _changes = options.OnChange(Replace);
    }

    /// <summary>The hooks for a request that has been read; <see langword="null"/>: none.</summary>
    public RequestHooks? For(Exchange exchange)
    {
        var entries = Volatile.Read(ref _entries);
        return entries.Length == 0 ? null : Among(exchange);
    }

    /// <summary>Bounds of what a request may be.</summary>
    public InputLimitOptions Limits => _options.CurrentValue.InputLimits;

    /// <inheritdoc/>
    public void Dispose()
    {
        _changes?.Dispose();
        Replace(new ProxyClusterOptions());
    }

    // Apart: what the look through the entries captures would else be made for every request.
    private RequestHooks? Among(Exchange exchange)
    {
        var model = exchange.Request!.Model;
        while (true)
        {
            HookEntry[] own = [.. Volatile.Read(ref _entries).Where(entry => entry.Settings.IsFor(model))];
            if (TryEnter(own))
            {
                return own.Length == 0 ? null : new RequestHooks(exchange, own);
            }
        }
    }

    // Where one has gone, others are in force by now.
    private static bool TryEnter(HookEntry[] entries)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            if (!entries[i].TryEnter())
            {
                Array.ForEach(entries[..i], static entered => entered.Exit());
                return false;
            }
        }

        return true;
    }

    private void Replace(ProxyClusterOptions options)
    {
        lock (_replacing)
        {
            var before = _made;
            Volatile.Write(ref _entries, MakeAll(options));
            foreach (var dropped in before.Where(entry => !_made.ContainsKey(entry.Key)))
            {
                dropped.Value.Exit();
            }
        }
    }

    // An entry that has not changed keeps its hook, and what that has learnt.
    private HookEntry[] MakeAll(ProxyClusterOptions options)
    {
        Dictionary<string, HookEntry> made = [];
        var entries = new List<HookEntry>(options.Hooks.Count);
        foreach (var entry in options.Hooks)
        {
            var key = JsonSerializer.Serialize(entry);
            for (var twin = 0; made.ContainsKey(key); twin++)
            {
                key = $"{key}{twin}";
            }

            made[key] = _made.TryGetValue(key, out var kept) ? kept : Make(entry);
            entries.Add(made[key]);
        }

        _made = made;
        return [.. entries];
    }

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
