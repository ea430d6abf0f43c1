using System.Text.Json;
using ProxyCluster.Extensions.Hooks;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>Takes what a <see cref="TextWalk"/> finds.</summary>
internal interface ITextCollector
{
    /// <summary>A text.</summary>
    void Add(JsonElement value, TextForm form, TextOrigin origin);

    /// <summary>What repeats a text token by token, and so must go where the text is changed.</summary>
    void AddTokens(JsonElement value);
}

/// <summary>How a text stands in JSON.</summary>
internal enum TextForm
{
    /// <summary>A JSON string.</summary>
    Plain = 0,

    /// <summary>A JSON string that holds JSON text: arguments in OpenAI's dialects.</summary>
    JsonInString = 1,

    /// <summary>A JSON value, each string and name of which is a text: arguments in Anthropic's dialect.</summary>
    Json = 2,
}
