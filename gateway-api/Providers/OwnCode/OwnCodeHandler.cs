using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.Extensions;
using ProxyCluster.GatewayApi.Models;

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>
/// Takes the place of a connection: has an extension's adapter answer. Its code is never run on the thread of a request,
/// and nobody waits for it longer than the request's token allows: it may block, throw or ignore every wish to stop.
/// </summary>
internal sealed class OwnCodeHandler : HttpMessageHandler
{
    // As many keys as a provider can have, and some that were renewed.
    private const int MostAdapters = 128;

    private readonly ConcurrentDictionary<Secrets, Lazy<Task<ChatAdapter>>> _adapters = new();
    private readonly HttpMessageHandler _sockets;
    private readonly ProviderType _type;
    private readonly OwnCodeProvider _provider;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger<OwnCodeHandler> _logger;
    private readonly TimeProvider _clock;

    /// <param name="sockets">Sends what the adapter sends; disposed of with this.</param>
    /// <param name="type">Makes adapters.</param>
    /// <param name="provider">What is spoken to.</param>
    /// <param name="loggers">For the adapter, and for what is told of its failures.</param>
    /// <param name="clock">For the adapter.</param>
    public OwnCodeHandler(HttpMessageHandler sockets, ProviderType type, OwnCodeProvider provider, ILoggerFactory loggers, TimeProvider clock)
    {
        _sockets = sockets;
        _type = type;
        _provider = provider;
        _loggers = loggers;
        _logger = loggers.CreateLogger<OwnCodeHandler>();
        _clock = clock;
    }

    private string Name => _provider.Definition.Name;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = OwnCodeCall.Of(request);
        try
        {
            var adapter = await AdapterOfAsync(call.Key, cancellationToken);
            return call.Task switch
            {
                OwnCodeTask.Chat => await AnswerAsync(adapter, call.Chat!, cancellationToken),
                OwnCodeTask.Models => await ListAsync(adapter, cancellationToken),
                _ => await CheckAsync(adapter, cancellationToken),
            };
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (HttpRequestException exception) when (exception.StatusCode is null)
        {
            // As if the connection were the gateway's own: it may be made afresh, or counts as one that could not be made.
            throw;
        }
        catch (Exception exception)
        {
            return OwnCodeFailure.Of(exception, Name, _logger).ToResponse();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // Nobody waits for it: an adapter may take its time to close.
            _ = Task.Run(CloseAsync);
        }

        base.Dispose(disposing);
    }

    private async Task<HttpResponseMessage> AnswerAsync(ChatAdapter adapter, ChatRequest chat, CancellationToken cancellationToken)
    {
        var run = new AnswerRun(adapter, chat);
        try
        {
            // Until the first piece is there a failure still has a status of its own.
            await run.Pieces.WaitToReadAsync(cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new AnswerRunStream(run, Name, _logger)) };
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    private static async Task<HttpResponseMessage> CheckAsync(ChatAdapter adapter, CancellationToken cancellationToken)
    {
        await Task.Run(() => adapter.CheckHealthAsync(cancellationToken), cancellationToken).WaitAsync(cancellationToken);
        return new HttpResponseMessage(HttpStatusCode.OK);
    }

    private static async Task<HttpResponseMessage> ListAsync(ChatAdapter adapter, CancellationToken cancellationToken)
    {
        // Read where it was made: a list of the adapter's own may be without end.
        var models = await Task.Run(ReadAsync, cancellationToken).WaitAsync(cancellationToken);
        var list = new Dictionary<string, object> { ["data"] = models.Select(static model => new Dictionary<string, string> { ["id"] = model }) };
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(list)) };

        async Task<string[]> ReadAsync() => [.. (await adapter.ListModelsAsync(cancellationToken)).Take(ModelListReader.MostModels)];
    }

    private async Task<ChatAdapter> AdapterOfAsync(Secret? key, CancellationToken cancellationToken)
    {
        var secrets = new Secrets(key?.Reveal(), _provider.Headers());
        if (_adapters.Count > MostAdapters)
        {
            // Those in use live on with their requests.
            _adapters.Clear();
        }

        var made = _adapters.GetOrAdd(secrets, static (with, handler) => new Lazy<Task<ChatAdapter>>(() => Task.Run(() => handler.Create(with))), this);
        try
        {
            return await made.Value.WaitAsync(cancellationToken);
        }
        catch when (made.Value.IsFaulted)
        {
            _adapters.TryRemove(KeyValuePair.Create(secrets, made));
            throw;
        }
    }

    private ChatAdapter Create(Secrets secrets)
    {
        var http = CreateClient(secrets.Headers);
        var context = new ProviderContext
        {
            Name = Name,
            BaseUrl = http.BaseAddress,
            Key = secrets.Key,
            Http = http,
            Headers = secrets.Headers.ToDictionary(static header => header.Name, static header => header.Value, StringComparer.OrdinalIgnoreCase),
            Organization = _provider.Definition.Organization,
            ApiVersion = _provider.Definition.ApiVersion,
            Loggers = _loggers,
            Clock = _clock,
        };
        return _type.Create(context) ?? throw new InvalidOperationException($"The provider type '{_type.Name}' made no adapter.");
    }

    // A thin thing over the connections, which all of them share.
    private HttpClient CreateClient(ImmutableArray<HeaderDefinition> headers)
    {
#pragma warning disable RS0030 // It is over the pooled handler: clients of Microsoft.Extensions.AI take this class, and no other.
        var client = new HttpClient(_sockets, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
#pragma warning restore RS0030
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "ProxyCluster");
        foreach (var header in headers)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation(header.Name, header.Value);
        }

        if (_provider.Definition.BaseUrl is { } url)
        {
            client.BaseAddress = new Uri(url.EndsWith('/') ? url : url + "/");
        }

        return client;
    }

    private async Task CloseAsync()
    {
        foreach (var made in _adapters.Values.Where(static made => made is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }))
        {
            try
            {
                var adapter = await made.Value;
                if (adapter is IAsyncDisposable asynchronous)
                {
                    await asynchronous.DisposeAsync();
                }
                else if (adapter is IDisposable disposable)
                {
                    disposable.Dispose();
                }
            }
            catch (Exception exception)
            {
                OwnCodeFailure.Of(exception, Name, _logger);
            }
        }

        _sockets.Dispose();
    }

    // Whoever was made with them cannot be told of others: it may have copied them. Headers are equal while they are the same array.
    private readonly record struct Secrets(string? Key, ImmutableArray<HeaderDefinition> Headers)
    {
        public override string ToString() => "***";
    }
}
