using System.ComponentModel.DataAnnotations;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Configuration;

/// <summary>How a <c>custom_ai</c> provider is spoken to.</summary>
public sealed class CustomOptions
{
    private const string UsualChatPath = "chat/completions";
    private const string UsualCompletionPath = "completions";
    private const string UsualHealthPath = "health";

    // A prompt in, a text out: what a provider is taken for of which nothing is said.
    private const string UsualRequest = """
        {"model":"{{model}}","prompt":"{{prompt}}","max_tokens":"{{max_tokens}}","temperature":"{{temperature}}","top_p":"{{top_p}}","stop":"{{stop}}","seed":"{{seed}}","frequency_penalty":"{{frequency_penalty}}","presence_penalty":"{{presence_penalty}}","user":"{{user}}"}
        """;

    /// <summary>
    /// Where chats are sent, below <c>BaseUrl</c>; <c>{{model}}</c> stands for the model's name. <c>null</c>:
    /// <c>chat/completions</c>, or nowhere where there is a <c>CompletionPath</c> or no <c>Request</c>.
    /// </summary>
    public string? ChatPath { get; set; }

    /// <summary>
    /// Where text completions are sent, below <c>BaseUrl</c>. <c>null</c>: nowhere, or <c>completions</c> where there is neither
    /// a <c>ChatPath</c> nor a <c>Request</c>.
    /// </summary>
    public string? CompletionPath { get; set; }

    /// <summary>What a healthy provider answers with a success, below <c>BaseUrl</c>; <c>null</c>: as <c>ModelsPath</c>, or <c>health</c> where there is no <c>Request</c>.</summary>
    public string? HealthPath { get; set; }

    /// <summary>A list of models in OpenAI's form, below <c>BaseUrl</c>.</summary>
    public string ModelsPath { get; set; } = "models";

    /// <summary>The header that carries the key; <c>null</c>: <c>Authorization: Bearer</c>.</summary>
    public string? KeyHeader { get; set; }

    /// <summary>
    /// The body of a request, with placeholders such as <c>{{model}}</c> and <c>{{messages}}</c>. Without one, and without a
    /// <c>ChatPath</c>, the provider takes a <c>prompt</c> and OpenAI's settings.
    /// </summary>
    [JsonValue]
    public string Request { get; set; } = "";

    /// <summary>Where things are in a whole answer.</summary>
    public CustomResponseOptions Response { get; } = new();

    /// <summary>Where things are in an event of a stream; <c>null</c>: there are no streams.</summary>
    public CustomStreamOptions? Stream { get; set; }

    /// <summary>Whether nothing is said of what requests look like, so that the usual form of text completion holds.</summary>
    internal bool IsUsual => Request.Length == 0 && ChatPath is null;

    /// <summary>The same as the cluster keeps it.</summary>
    public CustomMapping ToMapping() => new()
    {
        ChatPath = ChatPath ?? (IsUsual || CompletionPath is not null ? null : UsualChatPath),
        CompletionPath = CompletionPath ?? (IsUsual ? UsualCompletionPath : null),
        HealthPath = HealthPath ?? (IsUsual ? UsualHealthPath : ModelsPath),
        ModelsPath = ModelsPath,
        KeyHeader = KeyHeader,
        Request = IsUsual ? UsualRequest : Request,
        Response = Response.ToMapping(),
        Stream = Stream?.ToMapping(),
    };
}

/// <summary>Where things are in a whole answer: paths such as <c>choices[0].message.content</c>.</summary>
public sealed class CustomResponseOptions
{
    /// <summary>The answer's text. Empty, in a provider without a <c>Request</c>: all paths are the usual ones.</summary>
    public string Text { get; set; } = "";

    /// <summary>Why it ended; <c>null</c>: not told.</summary>
    public string? Finish { get; set; }

    /// <summary>What the provider's words for that mean: <c>stop</c>, <c>length</c>, <c>tool_calls</c> or <c>content_filter</c>, by word.</summary>
    public IDictionary<string, string> FinishWords { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Tokens of the prompt; <c>null</c>: not told.</summary>
    public string? PromptTokens { get; set; }

    /// <summary>Tokens of the answer; <c>null</c>: not told.</summary>
    public string? CompletionTokens { get; set; }

    /// <summary>The answer's id; <c>null</c>: it has none.</summary>
    public string? Id { get; set; }

    /// <summary>The message of an error, in bodies of any status and in streams; <c>null</c>: none.</summary>
    public string? Error { get; set; }

    /// <summary>The model's calls of tools; <c>null</c>: it has none.</summary>
    public CustomCallOptions? Calls { get; set; }

    // As OpenAI tells a text completion, or without its list of choices.
    internal CustomAnswerMapping ToMapping() => Text.Length == 0 ? Usual() : new()
    {
        Text = Text,
        Finish = Finish,
        FinishWords = [.. FinishWords.Select(static word => new FinishWord(word.Key, word.Value)).OrderBy(static word => word.Word, StringComparer.Ordinal)],
        PromptTokens = PromptTokens,
        CompletionTokens = CompletionTokens,
        Id = Id,
        Error = Error,
        Calls = Calls?.ToMapping(),
    };

    private static CustomAnswerMapping Usual() => new()
    {
        Text = "text|choices[0].text",
        Finish = "finish_reason|choices[0].finish_reason",
        PromptTokens = "usage.prompt_tokens",
        CompletionTokens = "usage.completion_tokens",
        Id = "id",
        Error = "error.message|error",
    };
}

/// <summary>Where a model's calls of tools are, in a whole answer or in an event.</summary>
public sealed class CustomCallOptions
{
    /// <summary>The list of calls, or the only one.</summary>
    public string List { get; set; } = "";

    /// <summary>In a call: its id; <c>null</c>: it has none, and one is made.</summary>
    public string? Id { get; set; }

    /// <summary>In a call: the function's name.</summary>
    public string Name { get; set; } = "";

    /// <summary>In a call: the arguments, an object or a string that holds one; in a stream a string may be a piece. <c>null</c>: there are none.</summary>
    public string? Arguments { get; set; }

    /// <summary>In a call of a stream: the number by which its pieces belong together; <c>null</c>: by their id, else a piece without a name goes on with the call before it.</summary>
    public string? Index { get; set; }

    internal CustomCallMapping ToMapping() => new() { List = List, Id = Id, Name = Name, Arguments = Arguments, Index = Index };
}

/// <summary>Where things are in an event of a stream: paths such as <c>choices[0].delta.content</c>.</summary>
public sealed class CustomStreamOptions
{
    /// <summary><c>sse</c>: server-sent events; <c>ndjson</c>: each line is one.</summary>
    [AllowedValues("sse", "ndjson")]
    public string Framing { get; set; } = "sse";

    /// <summary>More of the text.</summary>
    public string Text { get; set; } = "";

    /// <summary>Why the answer ended; <c>null</c>: not told.</summary>
    public string? Finish { get; set; }

    /// <summary>Tokens of the prompt; <c>null</c>: not told.</summary>
    public string? PromptTokens { get; set; }

    /// <summary>Tokens of the answer so far; <c>null</c>: not told.</summary>
    public string? CompletionTokens { get; set; }

    /// <summary>The data, or the name, of the last event, for example <c>[DONE]</c>; <c>null</c>: the stream closes after the finish.</summary>
    public string? EndMarker { get; set; }

    /// <summary>The model's calls of tools, whole or in pieces; <c>null</c>: it has none.</summary>
    public CustomCallOptions? Calls { get; set; }

    internal CustomStreamMapping ToMapping() => new()
    {
        IsLines = Framing == "ndjson",
        Text = Text,
        Finish = Finish,
        PromptTokens = PromptTokens,
        CompletionTokens = CompletionTokens,
        EndMarker = EndMarker,
        Calls = Calls?.ToMapping(),
    };
}
