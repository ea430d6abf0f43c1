namespace ProxyCluster.Tests.Support.Clients;

/// <summary>HTTP clients for tests: own connections, no proxy of the machine, no redirects followed, no retry.</summary>
public static class TestHttp
{
    public static HttpClient Client(Uri baseAddress)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false };

        // A test owns its client and its connections; a factory would share them between tests.
#pragma warning disable RS0030
        return new HttpClient(handler) { BaseAddress = baseAddress, Timeout = TimeSpan.FromSeconds(60) };
#pragma warning restore RS0030
    }
}
