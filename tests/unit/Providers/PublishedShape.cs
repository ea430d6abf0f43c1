using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Unit.Providers;

/// <summary>
/// What a provider's published schema says of a request: a line for each member, its path, <c>!</c> where it is required,
/// and the kinds of value it takes. <c>[]</c> stands for the items of a list; below a kind <c>any</c> nothing is checked.
/// </summary>
internal sealed class PublishedShape
{
    private readonly Dictionary<string, Member> _members = [];

    public PublishedShape(string lines)
    {
        foreach (var words in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            _members.Add(words[0].TrimEnd('!'), new Member(words[0].EndsWith('!'), words[1..]));
        }
    }

    /// <summary>Everything that is sent exists, and everything that is required is sent.</summary>
    public void AssertFits(JsonObject request) => AssertObject(request, "");

    private void AssertObject(JsonObject value, string path)
    {
        foreach (var (name, member) in value)
        {
            AssertValue(member, path + name);
        }

        foreach (var (name, _) in _members.Where(member => member.Value.IsRequired && IsDirectly(member.Key, path)))
        {
            Assert.True(value.ContainsKey(name[path.Length..]), $"{name} is required, but not in {value.ToJsonString()}.");
        }
    }

    private static bool IsDirectly(string name, string path) =>
        name.StartsWith(path, StringComparison.Ordinal) && !name[path.Length..].Contains('.', StringComparison.Ordinal) && !name[path.Length..].EndsWith("[]", StringComparison.Ordinal);

    private void AssertValue(JsonNode? value, string path)
    {
        Assert.True(_members.TryGetValue(path, out var member), $"There is no {path}.");
        if (member.Kinds.Contains("any"))
        {
            return;
        }

        var kind = value switch
        {
            JsonObject => "object",
            JsonArray => "list",
            null => "null",
            _ => value.GetValueKind().ToString().ToLowerInvariant() switch { "true" or "false" => "flag", var other => other },
        };
        Assert.True(member.Kinds.Contains(kind), $"{path} is a {kind}, not one of {string.Join(", ", member.Kinds)}.");
        if (value is JsonObject inner)
        {
            AssertObject(inner, path + ".");
        }
        else if (value is JsonArray items)
        {
            foreach (var item in items)
            {
                AssertValue(item, path + "[]");
            }
        }
    }

    private sealed record Member(bool IsRequired, string[] Kinds);
}
