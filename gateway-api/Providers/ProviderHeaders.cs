using System.Collections.Immutable;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Secrets;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>
/// The headers of one provider as they are sent: references resolved, envelopes opened. Read anew every half minute where
/// there are any, as its keys are.
/// </summary>
internal sealed class ProviderHeaders
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private readonly ProviderDefinition _definition;
    private readonly ISecretResolver _secrets;
    private readonly TimeProvider _clock;
    private readonly bool _hasSecrets;
    private volatile Reading _reading = new([], null);
    private long _read;

    /// <param name="definition">Names the headers.</param>
    /// <param name="secrets">Finds what they refer to.</param>
    /// <param name="clock">Tells when to look again.</param>
    public ProviderHeaders(ProviderDefinition definition, ISecretResolver secrets, TimeProvider clock)
    {
        _definition = definition;
        _secrets = secrets;
        _clock = clock;
        _hasSecrets = definition.Headers.Any(static header => IsSecret(header.Value));
        Read();
    }

    /// <summary>Why one of them cannot be sent; <see langword="null"/>: all can. Holds no secret.</summary>
    public string? Fault => Current.Fault;

    /// <summary>As they are sent. The same array for as long as they stay the same.</summary>
    public ImmutableArray<HeaderDefinition> Values => Current.Values;

    private Reading Current
    {
        get
        {
            if (_hasSecrets && _clock.GetElapsedTime(Volatile.Read(ref _read)) > Lifetime)
            {
                Read();
            }

            return _reading;
        }
    }

    /// <summary>Those of a changed definition of the same provider.</summary>
    public ProviderHeaders Of(ProviderDefinition definition) =>
        definition.Headers.SequenceEqual(_definition.Headers) && ProviderKeyBinding.Of(definition) == ProviderKeyBinding.Of(_definition)
            ? this
            : new ProviderHeaders(definition, _secrets, _clock);

    // A definition of release 0.1 has every value as it is sent.
    private static bool IsSecret(string value) =>
        SecretEnvelope.IsEnvelope(value)
        || value.StartsWith(DefinitionMapping.ConfigurationScheme, StringComparison.Ordinal)
        || SecretReference.TryParse(value, out _);

    private void Read()
    {
        Volatile.Write(ref _read, _clock.GetTimestamp());
        var values = ImmutableArray.CreateBuilder<HeaderDefinition>(_definition.Headers.Length);
        foreach (var header in _definition.Headers)
        {
            if (!IsSecret(header.Value))
            {
                values.Add(header);
            }
            else if (_secrets.TryResolve(header.Value, ProviderKeyBinding.OfHeader(_definition, header.Name), out var secret, out var fault))
            {
                values.Add(header with { Value = secret!.Reveal() });
            }
            else
            {
                // A file that is just being renewed must not take away what was read from it.
                _reading = _reading.Values.IsEmpty ? new([], $"The header {header.Name} cannot be sent: {fault}") : _reading;
                return;
            }
        }

        // The same array as long as they are the same, so that whoever holds something ready for them need not compare.
        var read = values.MoveToImmutable();
        _reading = new(read.SequenceEqual(_reading.Values) ? _reading.Values : read, null);
    }

    private sealed record Reading(ImmutableArray<HeaderDefinition> Values, string? Fault);
}
