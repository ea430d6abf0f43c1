using System.Text;
using System.Text.Json;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>
/// Members within a request that a server takes in another way, by their paths from the top (<c>messages.name</c>). A list
/// is passed through: its items are looked at one by one.
/// </summary>
internal sealed class MemberTree
{
    private readonly List<(string Name, byte[] Quoted, MemberTree Inner)> _members = [];

    /// <summary>What becomes of the member itself; those that have others within stay.</summary>
    public MemberChange Change { get; private init; }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _members.Count == 0;

    /// <summary>Makes a tree.</summary>
    /// <param name="paths">The members' paths, each once.</param>
    public static MemberTree Of(params IEnumerable<(string Path, MemberChange Change)> paths)
    {
        var root = new MemberTree();
        foreach (var (path, change) in paths)
        {
            var names = path.Split('.');
            var outer = names[..^1].Aggregate(root, static (tree, name) => tree.Find(name) ?? tree.Add(name, new MemberTree()));
            outer.Add(names[^1], new MemberTree { Change = change });
        }

        return root;
    }

    /// <summary>Whether the name of a member stands anywhere in a request, however deep: a look that most requests end with.</summary>
    public bool MayBeIn(ReadOnlySpan<byte> body)
    {
        foreach (var (_, quoted, inner) in _members)
        {
            if (inner.Change == MemberChange.None ? inner.MayBeIn(body) : body.IndexOf(quoted) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What is under a name; <see langword="null"/>: it stays as it is.</summary>
    public MemberTree? Find(string name) => _members.Find(member => member.Name == name).Inner;

    /// <summary>Whether a value has anything that changes.</summary>
    /// <param name="reader">At the value's beginning; where nothing is found it is left at its end.</param>
    public bool IsIn(ref Utf8JsonReader reader)
    {
        if (Change != MemberChange.None)
        {
            var isConcerned = Change switch
            {
                MemberChange.SystemRole => reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("developer"u8),
                MemberChange.NeedsParameters => LacksParameters(reader),
                _ => true,
            };
            reader.Skip();
            return isConcerned;
        }

        var isList = reader.TokenType == JsonTokenType.StartArray;
        if (!isList && reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
        {
            var inner = isList ? this : Find(ref reader);
            if (!isList)
            {
                reader.Read();
            }

            if (inner is null)
            {
                reader.Skip();
            }
            else if (inner.IsIn(ref reader))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc cref="Find(string)"/>
    /// <param name="reader">At the name.</param>
    public MemberTree? Find(ref Utf8JsonReader reader)
    {
        foreach (var (_, quoted, inner) in _members)
        {
            if (reader.ValueTextEquals(quoted.AsSpan(1..^1)))
            {
                return inner;
            }
        }

        return null;
    }

    private static bool LacksParameters(Utf8JsonReader function)
    {
        if (function.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (function.Read() && function.TokenType == JsonTokenType.PropertyName)
        {
            if (function.ValueTextEquals("parameters"u8))
            {
                return false;
            }

            function.Read();
            function.Skip();
        }

        return true;
    }

    private MemberTree Add(string name, MemberTree inner)
    {
        _members.Add((name, Encoding.UTF8.GetBytes($"\"{name}\""), inner));
        return inner;
    }
}

/// <summary>What becomes of a member.</summary>
internal enum MemberChange
{
    /// <summary>It stays.</summary>
    None = 0,

    /// <summary>It is left out, with a warning where it holds anything.</summary>
    Dropped = 1,

    /// <summary>An id of a tool call: it is made to fit.</summary>
    CallId = 2,

    /// <summary>The role <c>developer</c> becomes <c>system</c>, which is what the server calls it.</summary>
    SystemRole = 3,

    /// <summary>A function of a tool: without <c>parameters</c> it gets those of none.</summary>
    NeedsParameters = 4,
}
