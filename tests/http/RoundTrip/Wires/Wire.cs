using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Recordings;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.RoundTrip.Wires;

/// <summary>
/// A provider's wire format, written and read by hand from its documentation: requests are read by a reader of its own,
/// which takes nothing that the provider would not.
/// </summary>
internal abstract class Wire
{
    /// <summary>What becomes of a whole answer where a stream is wanted, as the recordings' manifest calls the format.</summary>
    public abstract string Api { get; }

    /// <summary>The ids that the provider gives to its calls, in their order.</summary>
    public abstract IReadOnlyList<string> CallIds { get; }

    /// <summary>The thoughts that it wants back with the results of calls; <see langword="null"/>: none.</summary>
    public virtual string? ThoughtsBack => null;

    /// <summary>What it tells of an answer's cost.</summary>
    public abstract Tokens Tokens { get; }

    /// <summary>The content type of a stream.</summary>
    public virtual string StreamType => "text/event-stream";

    /// <summary>Reads a request.</summary>
    /// <exception cref="InvalidOperationException">The provider would not have taken it.</exception>
    public abstract Asked Read(RecordedRequest request, JsonObject body);

    /// <summary>Writes a whole answer.</summary>
    public abstract JsonObject Write(Reply reply);

    /// <summary>Writes the body of an error.</summary>
    public abstract JsonObject Error(int status, string message);

    public virtual byte[] Stream(JsonObject whole) => UnfoldedAnswer.Of(Api, whole);

    protected static void Expect(string what, string? expected, string? actual)
    {
        if (expected != actual)
        {
            throw new InvalidOperationException($"{what}: expected '{expected}', but it was '{actual}'");
        }
    }

    protected static InvalidOperationException Unknown(string what, JsonNode? node) => new($"unknown {what}: {node?.ToJsonString()}");

    /// <summary>Reads tools in OpenAI's form, which others have taken over.</summary>
    protected static void ReadFunctions(JsonNode? tools, Asked asked)
    {
        foreach (var tool in Objects(tools))
        {
            Expect("type of a tool", "function", (string?)tool["type"]);
            asked.Tool((string?)tool["function"]!["name"], (string?)tool["function"]!["description"], tool["function"]!["parameters"]);
        }
    }

    /// <summary>Reads calls in OpenAI's form.</summary>
    protected static void ReadCalls(JsonNode? calls, Asked asked)
    {
        foreach (var call in Objects(calls))
        {
            Expect("type of a call", "function", (string?)call["type"]);
            asked.Call((string?)call["id"], (string?)call["function"]!["name"], JsonNode.Parse((string)call["function"]!["arguments"]!));
        }
    }

    /// <summary>A reply's calls in OpenAI's form.</summary>
    protected JsonArray FunctionCalls(Reply reply) => new([.. Calls(reply).Select(static JsonNode (told) => new JsonObject
    {
        ["id"] = told.Id,
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = told.Call.Name, ["arguments"] = told.Call.Arguments },
    })]);

    /// <summary>The ids of a reply's calls with their calls.</summary>
    protected IEnumerable<(string Id, ReplyCall Call)> Calls(Reply reply) => CallIds.Zip(reply.Calls);

    /// <summary>What the provider thought before the calls, and its signature.</summary>
    protected static string Thought(string? signature) => $"'{Script.ReplyTo(Feature.ThoughtsBack, hasResults: false).Reasoning}' {signature}".TrimEnd();

    protected static IEnumerable<JsonObject> Objects(JsonNode? list) => (list as JsonArray ?? []).Select(static item => item!.AsObject());
}
