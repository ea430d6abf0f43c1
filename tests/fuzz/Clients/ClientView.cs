using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace ProxyCluster.Tests.Fuzz.Clients;

/// <summary>What a client has understood of an answer, whole or streamed, whatever its dialect.</summary>
/// <remarks>Texts of streams are kept as they stand between their quotes: a provider may cut within an escape.</remarks>
internal sealed class ClientView
{
    private readonly List<(string Name, StringBuilder Arguments)> _calls = [];

    /// <summary>Text and refusals, in their order.</summary>
    public StringBuilder Said { get; } = new();

    /// <summary>Thoughts.</summary>
    public StringBuilder Thought { get; } = new();

    /// <summary>How many calls there are.</summary>
    public int Calls => _calls.Count;

    /// <summary>The answer came to its end.</summary>
    public bool IsComplete { get; set; }

    /// <summary>The client was told that it broke off.</summary>
    public bool IsBroken { get; set; }

    /// <summary>It ended because it was too long; <see langword="null"/>: the dialect does not tell.</summary>
    public bool? IsCut { get; set; }

    /// <summary>Adds a call.</summary>
    public void AddCall(string name, string arguments = "") => _calls.Add((name, new StringBuilder(arguments)));

    /// <summary>Adds to a call's arguments.</summary>
    public void AddArguments(int call, string arguments) => _calls[call].Arguments.Append(arguments);

    /// <summary>Two clients were told the same.</summary>
    /// <param name="other">The other's view.</param>
    /// <param name="who">The two.</param>
    /// <param name="withArguments">Whether the calls' arguments count too.</param>
    /// <exception cref="InvalidDataException">They were not.</exception>
    public void MustAgreeWith(ClientView other, string who, bool withArguments = true)
    {
        var (story, otherStory) = (Story(withArguments), other.Story(withArguments));
        if (story != otherStory)
        {
            throw new InvalidDataException($"{who} are told different answers:\n{story}\n{otherStory}");
        }

        if (IsComplete && other.IsComplete && IsCut is { } cut && other.IsCut is { } otherCut && cut != otherCut)
        {
            throw new InvalidDataException($"{who} are told different ends.");
        }
    }

    /// <summary>A string as it stands, without its quotes; empty where there is none.</summary>
    public static string Raw(JsonElement parent, string member) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(member, out var text) && text.ValueKind == JsonValueKind.String
            ? Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(text)[1..^1])
            : "";

    /// <summary>A string; empty where there is none.</summary>
    public static string Text(JsonElement parent, string member) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(member, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";

    /// <summary>A streamed answer as a whole one would tell it; <see langword="null"/>: it was cut within a character.</summary>
    public ClientView? Unescape()
    {
        try
        {
            var view = new ClientView { IsComplete = IsComplete, IsBroken = IsBroken, IsCut = IsCut };
            view.Said.Append(Unescape(Said.ToString()));
            view.Thought.Append(Unescape(Thought.ToString()));
            foreach (var (name, arguments) in _calls)
            {
                view.AddCall(Unescape(name), Unescape(arguments.ToString()));
            }

            return view;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Unescape(string raw)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes($"\"{raw}\""));
        reader.Read();
        return reader.GetString()!;
    }

    // No arguments are told as none, or as an empty object.
    // A call of no name can be made by no client: whether it is told does not matter.
    private string Story(bool withArguments) =>
        $"said {Said}\nthought {Thought}\ncalls {string.Join(" | ", _calls.Where(static call => call.Name.Length > 0).Select(call => withArguments ? $"{call.Name}({ArgumentsOf(call.Arguments)})" : call.Name))}\ncomplete {IsComplete}, broken {IsBroken}";

    private static string ArgumentsOf(StringBuilder arguments) => arguments.Length == 0 ? "{}" : arguments.ToString();
}
