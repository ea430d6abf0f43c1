using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Http.Headers;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Providers.Circuits;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.GatewayApi.Circuits;

/// <summary>
/// What this gateway itself knows of providers: it counts at once, for this gateway alone, and only until the cluster's
/// word arrives. Requests that go well cost one look at a dictionary.
/// </summary>
internal sealed class ProviderGuard(IOptionsMonitor<ProxyClusterOptions> options, CircuitMetrics metrics, TimeProvider clock) : IProviderAdvice
{
    private readonly ConcurrentDictionary<string, GuardedProvider> _providers = new(StringComparer.Ordinal);
    private volatile bool _hasTrouble;
    private Settings? _settings;

    /// <summary>The time by which rests end.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The numbers in force.</summary>
    public WatchSettings Watch
    {
        get
        {
            var routing = options.CurrentValue.Routing;
            var settings = _settings;
            if (settings is null || !ReferenceEquals(settings.Of, routing))
            {
                _settings = settings = new Settings(routing, WatchSettings.From(routing));
            }

            return settings.Watch;
        }
    }

    /// <inheritdoc/>
    public bool IsSilent => !_hasTrouble;

    /// <inheritdoc/>
    public bool MayProbe(string provider, bool isUrgent) => InTrouble(provider)?.MayProbe(Now, isUrgent) == true;

    /// <inheritdoc/>
    public bool IsShunned(string provider) => InTrouble(provider)?.IsShunned(Now) == true;

    /// <inheritdoc/>
    public bool Rests(string provider, string entry) => InTrouble(provider)?.Rests(entry, Watch.CoolDown, Now) == true;

    /// <summary>Claims the way to a provider that was chosen: of a half-open circuit the probe, after this gateway's own silence the trial.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="circuit">The cluster's circuit, as the choice saw it.</param>
    /// <param name="claim">What was taken, to be sent or given back; empty where anybody may ask.</param>
    /// <returns><see langword="false"/>: another request was quicker. Choose again; who is chosen then is asked all the same.</returns>
    public bool TryEnter(string provider, CircuitState circuit, out ProbeClaim claim)
    {
        claim = default;
        if (circuit == CircuitState.Open || InTrouble(provider) is not { } guarded)
        {
            return true;
        }

        if (circuit == CircuitState.HalfOpen)
        {
            var permit = guarded.TakePermit(Now, out var permitUntil);
            claim = permit == 0 ? default : new ProbeClaim(provider, permit, permitUntil);
            return permit != 0;
        }

        var hasEntered = guarded.TryEnter(Watch.Circuit, Now, out var trialUntil);
        claim = trialUntil == default ? default : new ProbeClaim(provider, 0, trialUntil);
        return hasEntered;
    }

    /// <summary>Gives back what was not sent: the next request may have it, as long as it lasts.</summary>
    public void GiveBack(in ProbeClaim claim)
    {
        Find(claim.Provider).GiveBack(claim, Now);
        _hasTrouble = true;
    }

    /// <summary>Takes in how a call ended.</summary>
    /// <returns>Whether the cluster should hear of it at once.</returns>
    public bool Note(string provider, in AttemptReport report)
    {
        var isUrgent = Find(provider).Note(report, Watch, Now, out var isShunned);
        if (isUrgent)
        {
            _hasTrouble = true;
        }

        if (isShunned)
        {
            metrics.Shunned(provider);
        }

        return isUrgent;
    }

    /// <summary>Takes in what an answer's headers say of the provider's limits.</summary>
    /// <param name="definition">The provider.</param>
    /// <param name="entry">The entry that was asked.</param>
    /// <param name="key">The place of the key that was used, from 1; 0: none.</param>
    /// <param name="headers">The answer's.</param>
    /// <returns>What they say.</returns>
    public QuotaReading NoteQuota(ProviderDefinition definition, string entry, int key, HttpResponseHeaders headers)
    {
        var now = Now;
        var reading = QuotaHeaders.Read(headers, now);
        if (!reading.IsEmpty)
        {
            var keys = (definition.ApiKey is null ? 0 : 1) + definition.ApiKeys.Length;
            if (Find(definition.Name).Note(entry, key, keys, reading, Watch.CoolDown, now))
            {
                _hasTrouble = true;
            }
        }

        return reading;
    }

    /// <summary>What is known of a provider's limits, where that is more than a version; else nothing.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="known">The version that was told last; becomes the present one.</param>
    public ImmutableArray<ModelQuota> QuotasSince(string provider, ref long known)
    {
        if (!_providers.TryGetValue(provider, out var guarded) || guarded.QuotaVersion == known)
        {
            return [];
        }

        known = guarded.QuotaVersion;
        return guarded.Quotas();
    }

    /// <summary>Puts a permit where the next request finds it.</summary>
    public void Offer(string provider, long permit, DateTimeOffset until)
    {
        Find(provider).Offer(permit, Now, until);
        _hasTrouble = true;
    }

    /// <summary>A provider, by its name.</summary>
    public GuardedProvider Find(string provider) =>
        _providers.TryGetValue(provider, out var guarded) ? guarded : _providers.GetOrAdd(provider, static _ => new GuardedProvider());

    /// <summary>Hears the cluster's word of a provider.</summary>
    public void Follow(string provider, CircuitState state)
    {
        if (state == CircuitState.HalfOpen || _providers.ContainsKey(provider))
        {
            Find(provider).Follow(state);
            if (state == CircuitState.HalfOpen)
            {
                _hasTrouble = true;
            }
        }
    }

    /// <summary>Finds out which troubles are over, and forgets providers that are gone.</summary>
    /// <param name="defined">The names of all providers.</param>
    public void Look(IReadOnlySet<string> defined)
    {
        foreach (var name in _providers.Keys)
        {
            if (!defined.Contains(name))
            {
                _providers.TryRemove(name, out _);
            }
        }

        if (IsAnyInTrouble())
        {
            _hasTrouble = true;
            return;
        }

        // Looked at once more: a trouble that came in between must not be forgotten.
        _hasTrouble = false;
        if (IsAnyInTrouble())
        {
            _hasTrouble = true;
        }
    }

    // Nobody is in trouble as a rule: then not even the name is looked up.
    private GuardedProvider? InTrouble(string provider) =>
        _hasTrouble && _providers.TryGetValue(provider, out var guarded) && guarded.HasTrouble ? guarded : null;

    private bool IsAnyInTrouble()
    {
        var (now, settings) = (Now, Watch.CoolDown);
        var isAny = false;
        foreach (var (_, guarded) in _providers)
        {
            isAny |= guarded.HasTrouble && guarded.Look(now, settings);
        }

        return isAny;
    }

    private sealed record Settings(RoutingOptions Of, WatchSettings Watch);
}
