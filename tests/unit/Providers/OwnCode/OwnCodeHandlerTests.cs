using System.Collections;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using ProxyCluster.Core.Providers;
using ProxyCluster.Extensions;
using ProxyCluster.GatewayApi.Models;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.OwnCode;

namespace ProxyCluster.Tests.Unit.Providers.OwnCode;

/// <summary>What lives as long as a provider's connections: its adapters, and the HTTP client they have.</summary>
public sealed class OwnCodeHandlerTests
{
    private const int PiecesAhead = 16;

    private static readonly ProviderDefinition Definition = new()
    {
        Name = "acme",
        Type = "acme",
        BaseUrl = "https://acme.example/v1",
        Headers = [new HeaderDefinition("x-team", "ours")],
        Organization = "org",
        ApiVersion = "2",
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Adapter_OfAKey_IsMadeOnce_AndDisposedOfAtTheEnd()
    {
        var made = new List<Adapter>();
        var handler = Handler(context => Made(made, new Adapter(context)));
        using (var invoker = new HttpMessageInvoker(handler))
        {
            foreach (var key in (string?[])["a", "b", "a", null])
            {
                using var answer = await SendAsync(invoker, key);
            }
        }

        await Task.WhenAll(made.Select(static adapter => adapter.Disposed)).WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.Equal(["a", "b", null], made.Select(static adapter => adapter.Context.Key));
    }

    [Fact]
    public async Task Adapter_KnowsItsProvider()
    {
        var made = new List<Adapter>();
        using var invoker = new HttpMessageInvoker(Handler(context => Made(made, new Adapter(context))));
        using var answer = await SendAsync(invoker, "k");

        var context = Assert.Single(made).Context;
        Assert.Equal(("acme", "https://acme.example/v1/", "org", "2", "ours"), (context.Name, context.BaseUrl!.AbsoluteUri, context.Organization, context.ApiVersion, context.Headers["X-Team"]));
        Assert.Equal(context.BaseUrl, context.Http.BaseAddress);
        Assert.Equal("ours", Assert.Single(context.Http.DefaultRequestHeaders.GetValues("x-team")));
        Assert.False(context.Http.DefaultRequestHeaders.Contains("authorization"));
    }

    [Fact]
    public async Task Adapter_ThatCouldNotBeMade_IsMadeAtTheNextRequest()
    {
        var tries = 0;
        using var invoker = new HttpMessageInvoker(Handler(context => ++tries == 1 ? throw new InvalidOperationException() : new Adapter(context)));

        using var first = await SendAsync(invoker, "k");
        using var second = await SendAsync(invoker, "k");

        Assert.Equal((HttpStatusCode.InternalServerError, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
    }

    // A connection that was kept open may die under an adapter as it does under the gateway's own: it is made afresh.
    [Fact]
    public async Task Connection_ThatFails_IsTheGatewaysToJudge()
    {
        using var invoker = new HttpMessageInvoker(Handler(static _ => throw new HttpRequestException(HttpRequestError.ConnectionError)));

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(invoker, "k"));

        Assert.Equal(HttpRequestError.ConnectionError, failure.HttpRequestError);
    }

    [Fact]
    public async Task Adapter_WhoseReaderIsSlow_IsAFewPiecesAheadAtMost()
    {
        var adapter = new Adapter(new ProviderContext { Name = "acme", Http = null! });
        using var run = new AnswerRun(adapter, new ChatRequest { Model = "m", Messages = [] });
        Assert.True(await run.Pieces.WaitToReadAsync(Cancel));
        SpinWait.SpinUntil(() => adapter.Told > PiecesAhead, TimeSpan.FromSeconds(10));

        for (var i = 0; i < 5; i++)
        {
            var told = adapter.Told;
            Assert.InRange(told, PiecesAhead, PiecesAhead + 1 + i);
            Assert.True(run.Pieces.TryRead(out _));
            SpinWait.SpinUntil(() => adapter.Told > told, TimeSpan.FromSeconds(10));
        }
    }

    [Fact]
    public async Task Models_WithoutEnd_AreAsManyAsAreTaken()
    {
        using var invoker = new HttpMessageInvoker(Handler(static context => new Adapter(context)));
        using var message = new OwnCodeCall(OwnCodeTask.Models, null).ToMessage(new Uri("http://acme.example"));

        using var answer = await invoker.SendAsync(message, Cancel);

        Assert.Equal(ModelListReader.MostModels, ModelListReader.Read(await answer.Content.ReadAsByteArrayAsync(Cancel))!.Value.Length);
    }

    [Fact]
    public void Definition_WhoseHeadersChange_NeedsNewAdapters()
    {
        var adapter = OwnCodeCase.AdapterOf(ChatAbilities.None);

        Assert.True(adapter.CanAdopt(Definition, Definition with { Weight = 2, Headers = [new HeaderDefinition("x-team", "ours")] }));
        Assert.False(adapter.CanAdopt(Definition, Definition with { Headers = [] }));
        Assert.False(adapter.CanAdopt(Definition, Definition with { Organization = null }));
        Assert.False(adapter.CanAdopt(Definition, Definition with { ApiVersion = "3" }));
    }

    // A secret in the headers is renewed as a key is: who was made with the old one may have copied it.
    [Fact]
    public async Task Adapter_OfHeadersThatWereRenewed_IsAnother_AndTheOldOneIsDisposedOfAtTheEnd()
    {
        var made = new List<Adapter>();
        var headers = Definition.Headers;
        var type = new ProviderType("acme", context => Made(made, new Adapter(context)), new ProviderTypeOptions());
        var handler = new OwnCodeHandler(new SocketsHttpHandler(), type, new OwnCodeProvider(Definition, () => headers), NullLoggerFactory.Instance, TimeProvider.System);
        using (var invoker = new HttpMessageInvoker(handler))
        {
            using var first = await SendAsync(invoker, "k");
            headers = [new HeaderDefinition("x-team", "renewed")];
            using var second = await SendAsync(invoker, "k");
            using var third = await SendAsync(invoker, "k");
        }

        await Task.WhenAll(made.Select(static adapter => adapter.Disposed)).WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.Equal(["ours", "renewed"], made.Select(static adapter => adapter.Context.Headers["x-team"]));
        Assert.Equal(["ours", "renewed"], made.Select(static adapter => Assert.Single(adapter.Context.Http.DefaultRequestHeaders.GetValues("x-team"))));
    }

    private static OwnCodeHandler Handler(Func<ProviderContext, ChatAdapter> create) => new(
        new SocketsHttpHandler(),
        new ProviderType("acme", create, new ProviderTypeOptions()),
        new OwnCodeProvider(Definition, static () => Definition.Headers),
        NullLoggerFactory.Instance,
        TimeProvider.System);

    private static Adapter Made(List<Adapter> all, Adapter adapter)
    {
        all.Add(adapter);
        return adapter;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpMessageInvoker invoker, string? key)
    {
        using var message = new OwnCodeCall(OwnCodeTask.Health, key is null ? null : new Secret(key)).ToMessage(new Uri("http://acme.example"));
        return await invoker.SendAsync(message, Cancel);
    }

    private sealed class Adapter(ProviderContext context) : ChatAdapter, IDisposable
    {
        private readonly TaskCompletionSource _disposed = new();
        private int _told;

        public ProviderContext Context => context;

        public Task Disposed => _disposed.Task;

        public int Told => Volatile.Read(ref _told);

        public override async IAsyncEnumerable<AnswerPiece> AnswerAsync(ChatRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            while (!cancellationToken.IsCancellationRequested)
            {
                Interlocked.Increment(ref _told);
                yield return AnswerPiece.Text("x");
            }
        }

        public override Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(new Endless());

        public override Task CheckHealthAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => _disposed.TrySetResult();
    }

    private sealed class Endless : IReadOnlyList<string>
    {
        public int Count => int.MaxValue;

        public string this[int index] => "";

        public IEnumerator<string> GetEnumerator()
        {
            for (var i = 0; true; i++)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"m-{i}");
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
