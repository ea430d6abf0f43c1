using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using ProxyCluster.Extensions;

namespace Acme.Gateway;

/// <summary>
/// Speaks to Acme's models: a request is one JSON object, an answer a line of JSON for each thing that the model says.
/// </summary>
public sealed class AcmeAdapter(ProviderContext context) : ChatAdapter
{
    /// <inheritdoc/>
    public override async IAsyncEnumerable<AnswerPiece> AnswerAsync(ChatRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var message = new HttpRequestMessage(HttpMethod.Post, "generate") { Content = JsonContent.Create(BodyOf(request)) };
        using var response = await SendAsync(message, cancellationToken).ConfigureAwait(false);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            using var said = JsonDocument.Parse(line);
            yield return PieceOf(said.RootElement);
        }
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, "engines");
        using var response = await SendAsync(message, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadFromJsonAsync<string[]>(cancellationToken).ConfigureAwait(false) ?? [];
    }

    private static Dictionary<string, object?> BodyOf(ChatRequest request) => new()
    {
        ["engine"] = request.Model,
        ["turns"] = request.Messages.Select(TurnOf),
        ["functions"] = request.Options.Tools?.OfType<AIFunctionDeclaration>().Select(tool => new { tool.Name, tool.Description, Schema = tool.JsonSchema }),
        ["limit"] = request.Options.MaxOutputTokens,
    };

    private static object TurnOf(ChatMessage message) => new
    {
        By = message.Role.Value,
        message.Text,
        Calls = message.Contents.OfType<FunctionCallContent>().Select(call => new { Id = call.CallId, call.Name, call.Arguments }),
        Results = message.Contents.OfType<FunctionResultContent>().Select(result => new { Id = result.CallId, result.Result }),
    };

    private static AnswerPiece PieceOf(JsonElement said) => said.GetProperty("kind").GetString() switch
    {
        "text" => AnswerPiece.Text(said.GetProperty("text").GetString()!),
        "thought" => AnswerPiece.Reasoning(said.GetProperty("text").GetString()!),
        "call" => AnswerPiece.Call(said.GetProperty("id").GetString()!, said.GetProperty("name").GetString()!),
        "arguments" => AnswerPiece.Arguments(said.GetProperty("text").GetString()!, said.GetProperty("id").GetString()),
        "cost" => AnswerPiece.Usage(new AnswerUsage(
            UncachedInput: said.GetProperty("read").GetInt64(), Output: said.GetProperty("wrote").GetInt64(), CacheRead: said.GetProperty("remembered").GetInt64())),
        "end" => AnswerPiece.Finish(new ChatFinishReason(said.GetProperty("why").GetString()!)),
        var other => throw new ProviderException(502, $"Acme said something that is not known here: {other}."),
    };

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        message.Headers.Add("x-acme-key", context.Key);
        var response = await context.Http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        await ProviderException.ThrowIfFailedAsync(response, cancellationToken).ConfigureAwait(false);
        return response;
    }
}
