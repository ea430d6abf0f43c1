using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace ProxyCluster.Extensions;

/// <summary>Speaks to a provider by a client of Microsoft.Extensions.AI.</summary>
internal sealed class ChatClientAdapter : ChatAdapter, IDisposable
{
    private readonly IChatClient _client;

    public ChatClientAdapter(IChatClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<AnswerPiece> AnswerAsync(ChatRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new ChatUpdateReader();
        if (request.Stream)
        {
            await foreach (var update in _client.GetStreamingResponseAsync(request.Messages, request.Options, cancellationToken).ConfigureAwait(false))
            {
                foreach (var piece in reader.Read(update))
                {
                    yield return piece;
                }
            }
        }
        else
        {
            var response = await _client.GetResponseAsync(request.Messages, request.Options, cancellationToken).ConfigureAwait(false);
            foreach (var piece in reader.Read(response))
            {
                yield return piece;
            }
        }

        yield return reader.End();
    }

    /// <inheritdoc/>
    public override Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(
        _client.GetService(typeof(ChatClientMetadata)) is ChatClientMetadata { DefaultModelId: { Length: > 0 } model } ? [model] : []);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
