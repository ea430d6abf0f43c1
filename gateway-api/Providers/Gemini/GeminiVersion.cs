using System.Globalization;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>
/// The generation of a model, read from its name (<c>gemini-2.5-flash</c>, <c>models/gemini-3-pro-preview</c>), for
/// what only some generations take. A name that tells no version is taken for a current one.
/// </summary>
internal readonly record struct GeminiVersion(int Major, int Minor)
{
    private static readonly GeminiVersion Current = new(int.MaxValue, 0);

    /// <summary>Thinking as a level; before this it is a budget in tokens.</summary>
    public bool ThinksByLevel => Major >= 3;

    /// <summary>Thinking with a budget or a level; before this there is none.</summary>
    public bool Thinks => IsAtLeast(2, 5);

    /// <summary>Functions together with an answer in JSON.</summary>
    public bool MixesToolsAndJson => Major >= 3;

    /// <summary>Calls of the current turn must come back with their signature.</summary>
    public bool ChecksSignatures => Major >= 3;

    /// <summary>Calls and their results are matched by ids; before this by name and order, and an id is refused.</summary>
    public bool TakesCallIds => Major >= 3 && !LacksCallIds;

    /// <summary>The platform's API has no member for a call's id, whatever the model.</summary>
    public bool LacksCallIds { get; init; }

    /// <summary>The large model of its generation, which cannot be kept from thinking.</summary>
    public bool IsPro { get; private init; }

    /// <summary>Reads a model's name, with whatever a platform puts before it.</summary>
    public static GeminiVersion Parse(string model)
    {
        const string Family = "gemini-";
        var start = model.IndexOf(Family, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return Current;
        }

        var name = model.AsSpan(start + Family.Length);
        var isPro = name.Contains("pro", StringComparison.OrdinalIgnoreCase);
        var end = name.IndexOf('-');
        var version = end < 0 ? name : name[..end];
        var point = version.IndexOf('.');
        var major = point < 0 ? version : version[..point];
        var minor = point < 0 ? "0" : version[(point + 1)..];
        return TryNumber(major, out var majorNumber) && TryNumber(minor, out var minorNumber)
            ? new GeminiVersion(majorNumber, minorNumber) { IsPro = isPro }
            : Current with { IsPro = isPro };
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private bool IsAtLeast(int major, int minor) => Major > major || (Major == major && Minor >= minor);
}
