namespace ProxyCluster.Extensions.Hooks;

/// <summary>A hook cannot be made with these settings. Told to the operator with the place, before anything is put in force.</summary>
public sealed class HookSettingsException : Exception
{
    /// <summary>One fault.</summary>
    /// <param name="setting">Where, below <c>Settings</c>, for example <c>Patterns[0]:Pattern</c>; empty: the settings themselves.</param>
    /// <param name="cure">One sentence: what is wrong, and what to write instead.</param>
    public HookSettingsException(string setting, string cure)
        : this([(setting, cure)])
    {
    }

    /// <summary>Several faults.</summary>
    public HookSettingsException(IReadOnlyList<(string Setting, string Cure)> faults)
        : base(string.Join(" ", (faults ?? throw new ArgumentNullException(nameof(faults))).Select(static fault => fault.Cure))) => Faults = faults;

    /// <summary>All faults.</summary>
    public IReadOnlyList<(string Setting, string Cure)> Faults { get; }
}
