using System.Net.Http.Headers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>
/// Keeps a service account's access token: asked for once, however many requests wait for it, and renewed before it
/// runs out, while those that come meanwhile go on with the old one.
/// </summary>
/// <param name="account">Whose.</param>
/// <param name="send">Sends a request to where tokens are given out.</param>
/// <param name="clock">Tells when a token runs out.</param>
internal sealed class AccessTokens(
    ServiceAccount account, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send, TimeProvider clock)
{
    private const int MostTokenBytes = 64 * 1024;

    // A token that is sent must outlive its way to the provider.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RenewAhead = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ExchangeLimit = TimeSpan.FromSeconds(10);

    // While an old token serves, a renewal that failed is not tried again with every request.
    private static readonly TimeSpan RestAfterFailure = TimeSpan.FromSeconds(10);

    // Without one, requests fail meanwhile, and go to another provider: the endpoint is not asked by each of them.
    private static readonly TimeSpan RestWithoutToken = TimeSpan.FromSeconds(1);

    private readonly Lock _changing = new();
    private Token? _token;
    private Task<Token?>? _pending;
    private DateTimeOffset _restsUntil;

    /// <summary>A token that is good for half a minute at least, as <c>Authorization</c> takes it.</summary>
    /// <param name="cancellationToken">Stops waiting; the exchange goes on for the others.</param>
    /// <returns><see langword="null"/>: the account was refused.</returns>
    /// <exception cref="HttpRequestException">There was no answer, or none that can be understood; or that was so a moment ago.</exception>
    public async ValueTask<AuthenticationHeaderValue?> GetAsync(CancellationToken cancellationToken)
    {
        Task<Token?> pending;
        lock (_changing)
        {
            var now = clock.GetUtcNow();
            var left = _token is null ? TimeSpan.Zero : _token.Ends - now;
            if (left > RenewAhead || (left > Margin && now < _restsUntil))
            {
                return _token!.Header;
            }

            if (_token is null && _pending is null && now < _restsUntil)
            {
                throw new HttpRequestException(HttpRequestError.ConnectionError, "The token endpoint has just failed.");
            }

            pending = _pending ??= ExchangeAsync();
            if (left > Margin)
            {
                return _token!.Header;
            }
        }

        return (await pending.WaitAsync(cancellationToken))?.Header;
    }

    /// <summary>The provider does not take this token any more.</summary>
    public void Forget(AuthenticationHeaderValue refused)
    {
        lock (_changing)
        {
            _token = ReferenceEquals(_token?.Header, refused) ? null : _token;
        }
    }

    // Never throws before its first wait: it is started under the lock.
    private async Task<Token?> ExchangeAsync()
    {
        await Task.Yield();
        Token? token = null;
        var hasAnswered = false;
        try
        {
            token = await AskAsync();
            hasAnswered = true;
            return token;
        }
        finally
        {
            lock (_changing)
            {
                _token = token ?? _token;
                _restsUntil = RestUntil(token, hasAnswered);
                _pending = null;
            }
        }
    }

    // A refusal is told to each request: it is the key's to rest for it.
    private DateTimeOffset RestUntil(Token? token, bool hasAnswered)
    {
        if (token is not null || (hasAnswered && _token is null))
        {
            return default;
        }

        return clock.GetUtcNow() + (_token is null ? RestWithoutToken : RestAfterFailure);
    }

    private async Task<Token?> AskAsync()
    {
        using var limit = new CancellationTokenSource(ExchangeLimit, clock);
        using var request = new HttpRequestMessage(HttpMethod.Post, account.TokenUri);
        request.Content = new FormUrlEncodedContent(
        [
            new("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            new("assertion", account.Sign(clock.GetUtcNow())),
        ]);
        try
        {
            using var response = await send(request, limit.Token);
            await response.Content.LoadIntoBufferAsync(MostTokenBytes, limit.Token);
            var body = await response.Content.ReadAsByteArrayAsync(limit.Token);
            if ((int)response.StatusCode is 408 or 429 or >= 500)
            {
                throw new HttpRequestException(HttpRequestError.InvalidResponse, "The token endpoint failed.");
            }

            return response.IsSuccessStatusCode
                ? Read(body) ?? throw new HttpRequestException(HttpRequestError.InvalidResponse, "The token endpoint gave no token.")
                : null;
        }
        catch (OperationCanceledException exception)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The token endpoint did not answer in time.", exception);
        }
    }

    private Token? Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var told = document.RootElement;
            return told.GetText("access_token") is { Length: > 0 } token && !token.AsSpan().ContainsAnyExceptInRange('!', '~')
                ? new Token(new AuthenticationHeaderValue("Bearer", token), clock.GetUtcNow().AddSeconds(Math.Min(told.GetCount("expires_in"), int.MaxValue)))
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private sealed record Token(AuthenticationHeaderValue Header, DateTimeOffset Ends)
    {
        public override string ToString() => "***";
    }
}
