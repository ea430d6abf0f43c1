using ProxyCluster.Core.Configuration;
using ProxyCluster.Extensions.Hooks;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>Every type of hook there is, by its name in configuration.</summary>
/// <param name="added">Those of extensions; names are their own, as far as loading found no fault.</param>
internal sealed class HookTypes(IEnumerable<HookType> added)
{
    /// <summary>Those of the gateway itself.</summary>
    public static readonly IReadOnlyList<HookType> Own = [new(RedactHook.Type, RedactHook.Create), new(GuardrailHook.Type, GuardrailHook.Create)];

    private readonly IReadOnlyList<HookType> _types = [.. Own, .. added];

    /// <summary>All names, sorted.</summary>
    public IReadOnlyList<string> Names => [.. _types.Select(static type => type.Name).Order(StringComparer.Ordinal)];

    /// <summary>Makes the hook of an entry.</summary>
    /// <exception cref="HookSettingsException">Its settings do not fit.</exception>
    public GatewayHook Create(HookOptions entry)
    {
        var type = _types.FirstOrDefault(known => known.Name == entry.Type)
            ?? throw new HookSettingsException("", $"There is no hook of the type '{entry.Type}'.");
        return type.Create(new HookSettings(entry.Settings)) ?? throw new HookSettingsException("", $"The type '{entry.Type}' has made no hook.");
    }

    /// <summary>Disposes of a hook that holds something.</summary>
    public static ValueTask DisposeAsync(GatewayHook hook)
    {
        if (hook is IAsyncDisposable asynchronous)
        {
            return asynchronous.DisposeAsync();
        }

        (hook as IDisposable)?.Dispose();
        return default;
    }

    /// <summary>What is wrong with the settings of an entry whose type there is; empty: a hook can be made of them.</summary>
    public IReadOnlyList<(string Setting, string Cure)> FaultsOf(HookOptions entry)
    {
        try
        {
            var hook = Create(entry);
            var window = hook.WindowCharacters;
            DisposeAsync(hook).AsTask().GetAwaiter().GetResult();
            return window is >= 0 and <= HookEntry.MostWindowCharacters ? [] : [("", $"It wants to hold back {window} characters of a stream, and may hold back 0 to {HookEntry.MostWindowCharacters}.")];
        }
        catch (HookSettingsException exception)
        {
            return exception.Faults;
        }
        catch (Exception exception)
        {
            return [("", $"The hook cannot be made: {exception.GetType().Name}: {exception.Message}")];
        }
    }
}
