using System.ComponentModel.DataAnnotations;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Configuration;

/// <summary>How a <c>custom_ai</c> provider is spoken to.</summary>
public sealed class CustomOptions
{
    /// <summary>Where chats are sent, below <c>BaseUrl</c>; <c>{{model}}</c> stands for the model's name.</summary>
    public string ChatPath { get; set; } = "chat/completions";

    /// <summary>What a healthy provider answers with a success, below <c>BaseUrl</c>; <c>null</c>: as <c>ModelsPath</c>.</summary>
    public string? HealthPath { get; set; }

    /// <summary>A list of models in OpenAI's form, below <c>BaseUrl</c>.</summary>
    public string ModelsPath { get; set; } = "models";

    /// <summary>The header that carries the key; <c>null</c>: <c>Authorization: Bearer</c>.</summary>
    public string? KeyHeader { get; set; }

    /// <summary>The body of a request, with placeholders such as <c>{{model}}</c> and <c>{{messages}}</c>.</summary>
    [JsonValue]
    public string Request { get; set; } = "";

    /// <summary>Where things are in a whole answer.</summary>
    public CustomResponseOptions Response { get; } = new();

    /// <summary>Where things are in an event of a stream; <c>null</c>: there are no streams.</summary>
    public CustomStreamOptions? Stream { get; set; }

    /// <summary>The same as the cluster keeps it.</summary>
    public CustomMapping ToMapping() => new()
    {
        ChatPath = ChatPath,
        HealthPath = HealthPath ?? ModelsPath,
        ModelsPath = ModelsPath,
        KeyHeader = KeyHeader,
        Request = Request,
        Response = Response.ToMapping(),
        Stream = Stream?.ToMapping(),
    };
}

/// <summary>Where things are in a whole answer: paths such as <c>choices[0].message.content</c>.</summary>
public sealed class CustomResponseOptions
{
    /// <summary>The answer's text.</summary>
    public string Text { get; set; } = "";

    /// <summary>Why it ended; <c>null</c>: not told.</summary>
    public string? Finish { get; set; }

    /// <summary>What the provider's words for that mean: <c>stop</c>, <c>length</c> or <c>content_filter</c>, by word.</summary>
    public IDictionary<string, string> FinishWords { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Tokens of the prompt; <c>null</c>: not told.</summary>
    public string? PromptTokens { get; set; }

    /// <summary>Tokens of the answer; <c>null</c>: not told.</summary>
    public string? CompletionTokens { get; set; }

    /// <summary>The answer's id; <c>null</c>: it has none.</summary>
    public string? Id { get; set; }

    /// <summary>The message of an error, in bodies of any status and in streams; <c>null</c>: none.</summary>
    public string? Error { get; set; }

    internal CustomAnswerMapping ToMapping() => new()
    {
        Text = Text,
        Finish = Finish,
        FinishWords = [.. FinishWords.Select(static word => new FinishWord(word.Key, word.Value)).OrderBy(static word => word.Word, StringComparer.Ordinal)],
        PromptTokens = PromptTokens,
        CompletionTokens = CompletionTokens,
        Id = Id,
        Error = Error,
    };
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

    internal CustomStreamMapping ToMapping() => new()
    {
        IsLines = Framing == "ndjson",
        Text = Text,
        Finish = Finish,
        PromptTokens = PromptTokens,
        CompletionTokens = CompletionTokens,
        EndMarker = EndMarker,
    };
}
