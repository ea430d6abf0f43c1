using System.Globalization;
using System.Text.Json;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>
/// Reads the members of one JSON object and collects every fault, those of unknown members included. A member that is
/// <c>null</c> counts as absent.
/// </summary>
internal sealed class JsonFields(JsonElement element, string path, List<AdminFault> faults)
{
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>The path of a member.</summary>
    public string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>Adds a fault of a member.</summary>
    public void Fault(string name, string message) => faults.Add(new(PathOf(name), message));

    /// <summary>Whether a fault of a member was added already.</summary>
    public bool HasFault(string name) => faults.Exists(fault => fault.Path == PathOf(name));

    /// <summary>A member, if it is there.</summary>
    public JsonElement? Get(string name)
    {
        _asked.Add(name);
        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <summary>Whether a member is there and <c>null</c>, where that says something else than its absence.</summary>
    public bool IsNull(string name)
    {
        _asked.Add(name);
        return element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Null;
    }

    /// <summary>A text; <see langword="null"/>: absent, or a fault was added.</summary>
    public string? Text(string name, int longest)
    {
        if (Get(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            Fault(name, "It must be a string.");
            return null;
        }

        var text = value.GetString()!;
        if (text.Length == 0 || text.Length > longest || text.AsSpan().ContainsAnyInRange('\0', '\x1f'))
        {
            Fault(name, $"It must have 1 to {longest} characters, none of them a control character.");
            return null;
        }

        return text;
    }

    /// <summary>A text that must be there.</summary>
    public string? RequiredText(string name, int longest)
    {
        if (Get(name) is null)
        {
            Fault(name, "It is required.");
            return null;
        }

        return Text(name, longest);
    }

    /// <summary>A number within bounds.</summary>
    public double Number(string name, double fallback, double least, double most)
    {
        if (Get(name) is not { } value)
        {
            return fallback;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Fault(name, string.Create(CultureInfo.InvariantCulture, $"It must be a number from {least} to {most}."));
        return fallback;
    }

    /// <summary>A whole number within bounds.</summary>
    public int Integer(string name, int fallback, int least, int most)
    {
        if (Get(name) is not { } value)
        {
            return fallback;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most)
        {
            return number;
        }

        Fault(name, string.Create(CultureInfo.InvariantCulture, $"It must be a whole number from {least} to {most}."));
        return fallback;
    }

    /// <summary>A price; <see langword="null"/>: absent, or a fault was added.</summary>
    public decimal? Price(string name)
    {
        if (Get(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var price) && price is >= 0 and <= 1_000_000)
        {
            return price;
        }

        Fault(name, "It must be a number from 0 to 1000000: US dollars for a million tokens.");
        return null;
    }

    /// <summary>A truth value.</summary>
    public bool Flag(string name, bool fallback)
    {
        if (Get(name) is not { } value)
        {
            return fallback;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Fault(name, "It must be true or false.");
        return fallback;
    }

    /// <summary>The items of an array; empty: absent, or a fault was added.</summary>
    public IReadOnlyList<JsonElement> Items(string name, int most)
    {
        if (Get(name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= most)
        {
            return [.. value.EnumerateArray()];
        }

        Fault(name, $"It must be an array of at most {most} items.");
        return [];
    }

    /// <summary>The members of an object; <see langword="null"/>: absent, or a fault was added.</summary>
    public JsonFields? Object(string name)
    {
        if (Get(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return new(value, PathOf(name), faults);
        }

        Fault(name, "It must be an object.");
        return null;
    }

    /// <summary>Adds a fault for each member that nobody asked for.</summary>
    public void RefuseOthers()
    {
        foreach (var member in element.EnumerateObject())
        {
            if (!_asked.Contains(member.Name))
            {
                Fault(member.Name, $"There is no such field. There are: {string.Join(", ", _asked)}.");
            }
        }
    }
}
