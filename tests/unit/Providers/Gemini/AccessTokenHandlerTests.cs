using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.GatewayApi.Providers.Gemini;

namespace ProxyCluster.Tests.Unit.Providers.Gemini;

public sealed class AccessTokenHandlerTests : IDisposable
{
    private static readonly Uri Api = new("https://aiplatform.googleapis.com/v1/x");

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(GeminiCase.Now));
    private readonly FakeGoogle _google = new();
    private readonly ServiceAccount _account = ServiceAccount.TryParse(TestAccount.File(), out var account) ? account : throw new InvalidOperationException();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _google.Dispose();

    [Fact]
    public async Task Requests_OfAnAccount_ShareOneToken()
    {
        using var invoker = Invoker();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAsync(invoker)));
        await SendAsync(invoker);

        Assert.Equal(1, _google.Exchanges);
        Assert.All(_google.Authorizations, static header => Assert.Equal("Bearer token-1", header));
        Assert.Equal(21, _google.Authorizations.Count);
        Assert.StartsWith("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=ey", _google.LastForm, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounts_UsedInTurn_KeepTheirOwnTokens()
    {
        Assert.True(ServiceAccount.TryParse(TestAccount.File(), out var other));
        using var invoker = Invoker();

        await SendAsync(invoker);
        await SendAsync(invoker, other);
        await SendAsync(invoker);
        await SendAsync(invoker, other);

        Assert.Equal(["Bearer token-1", "Bearer token-2", "Bearer token-1", "Bearer token-2"], _google.Authorizations);
    }

    [Fact]
    public async Task Token_NearItsEnd_IsRenewedWhileTheOldOneServes()
    {
        using var invoker = Invoker();
        await SendAsync(invoker);
        _clock.Advance(TimeSpan.FromMinutes(56));
        _google.HoldExchange();

        await SendAsync(invoker);
        Assert.Equal("Bearer token-1", _google.Authorizations[^1]);

        _google.LetExchangeGo();
        do
        {
            await SendAsync(invoker);
        }
        while (_google.Authorizations[^1] == "Bearer token-1");

        Assert.Equal(2, _google.Exchanges);
        Assert.Equal("Bearer token-2", _google.Authorizations[^1]);
    }

    [Fact]
    public async Task Renewal_ThatFails_RestsBeforeItIsTriedAgain()
    {
        using var invoker = Invoker();
        await SendAsync(invoker);
        _clock.Advance(TimeSpan.FromMinutes(56));
        _google.TokenStatus = HttpStatusCode.ServiceUnavailable;
        do
        {
            await SendAsync(invoker);
        }
        while (_google.Exchanges < 2);

        await SendAsync(invoker);
        await SendAsync(invoker);

        Assert.Equal(2, _google.Exchanges);
        Assert.All(_google.Authorizations, static header => Assert.Equal("Bearer token-1", header));
    }

    [Fact]
    public async Task Token_ThatIsRefused_IsNotUsedAgain()
    {
        using var invoker = Invoker();
        _google.Status = HttpStatusCode.Unauthorized;
        await SendAsync(invoker);
        _google.Status = HttpStatusCode.OK;
        await SendAsync(invoker);

        Assert.Equal(["Bearer token-1", "Bearer token-2"], _google.Authorizations);
    }

    [Fact]
    public async Task Account_ThatIsRefused_IsAnsweredWith401()
    {
        using var invoker = Invoker();
        _google.TokenStatus = HttpStatusCode.BadRequest;

        using var response = await SendAsync(invoker);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(_google.Authorizations);
    }

    [Fact]
    public async Task TokenEndpoint_ThatFails_IsNoConnection()
    {
        using var invoker = Invoker();
        _google.TokenStatus = HttpStatusCode.ServiceUnavailable;

        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(invoker));

        _google.TokenStatus = HttpStatusCode.OK;
        _clock.Advance(TimeSpan.FromSeconds(1));
        using var response = await SendAsync(invoker);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData(503, "{}")]
    [InlineData(429, "{}")]
    [InlineData(200, "{\"access_tok")]
    [InlineData(200, "<html>")]
    [InlineData(200, "{\"token\":\"x\"}")]
    [InlineData(200, "[]")]
    [InlineData(200, "")]
    public async Task TokenEndpoint_ThatGivesNoToken_IsAskedOnceASecondHoweverManyWait(int status, string body)
    {
        using var invoker = Invoker();
        (_google.TokenStatus, _google.TokenBody) = ((HttpStatusCode)status, body);

        for (var i = 0; i < 3; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(invoker))));
        }

        Assert.Equal(1, _google.Exchanges);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(invoker));
        Assert.Equal(2, _google.Exchanges);
        Assert.Empty(_google.Authorizations);
    }

    [Fact]
    public async Task TokenEndpoint_ThatIsSlow_IsGivenUpForAllWhoWaitAfterTenSeconds()
    {
        using var invoker = Invoker();
        _google.HoldExchange();
        var waiting = Enumerable.Range(0, 20).Select(_ => Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(invoker))).ToArray();
        await _google.Asked;

        _clock.Advance(TimeSpan.FromSeconds(10));

        await Task.WhenAll(waiting);
        Assert.Empty(_google.Authorizations);
    }

    [Fact]
    public async Task Request_WithoutAnAccount_GoesThrough()
    {
        using var invoker = Invoker();
        using var message = new HttpRequestMessage(HttpMethod.Post, Api);

        using var response = await invoker.SendAsync(message, Cancel);

        Assert.Equal(0, _google.Exchanges);
    }

    private HttpMessageInvoker Invoker() => new(new VertexAdapter(_clock).Wrap(_google), disposeHandler: true);

    private async Task<HttpResponseMessage> SendAsync(HttpMessageInvoker invoker, ServiceAccount? account = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, Api);
        message.Options.Set(AccessTokenHandler.Account, account ?? _account);
        return await invoker.SendAsync(message, Cancel);
    }

    /// <summary>Google's token endpoint and API in one.</summary>
    private sealed class FakeGoogle : HttpMessageHandler
    {
        private readonly Lock _changing = new();
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource? _gate;

        /// <summary>Somebody waits for a token.</summary>
        public Task Asked => _asked.Task;

        /// <summary>Instead of a token; <see langword="null"/>: a token.</summary>
        public string? TokenBody { get; set; }

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public HttpStatusCode TokenStatus { get; set; } = HttpStatusCode.OK;

        public int Exchanges { get; private set; }

        public string LastForm { get; private set; } = "";

        public List<string?> Authorizations { get; } = [];

        public void HoldExchange() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void LetExchangeGo() => _gate!.SetResult();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.Host != "oauth2.googleapis.com")
            {
                lock (_changing)
                {
                    Authorizations.Add(request.Headers.Authorization?.ToString());
                }

                return new HttpResponseMessage(Status);
            }

            LastForm = await request.Content!.ReadAsStringAsync(cancellationToken);
            _asked.TrySetResult();
            if (_gate is { } gate)
            {
                await gate.Task.WaitAsync(cancellationToken);
            }

            Exchanges++;
            return new HttpResponseMessage(TokenStatus)
            {
                Content = new StringContent(TokenBody ?? $$"""{"access_token":"token-{{Exchanges}}","expires_in":3600,"token_type":"Bearer"}""", Encoding.UTF8, "application/json"),
            };
        }
    }
}
