using Microsoft.AspNetCore.Http;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>The open loopback mode, and when there is none.</summary>
public sealed class OpenModeTests
{
    [Theory]
    [InlineData("localhost", null, true)]
    [InlineData("localhost:8080", null, true)]
    [InlineData("LocalHost:1", null, true)]
    [InlineData("127.0.0.1:8080", null, true)]
    [InlineData("[::1]:8080", null, true)]
    [InlineData("[::1]", null, true)]
    [InlineData("", null, false)]
    [InlineData("evil.example", null, false)]
    [InlineData("localhost.evil.example:8080", null, false)]
    [InlineData("127.0.0.1.nip.io", null, false)]
    [InlineData("localhost@evil.example", null, false)]
    [InlineData("192.168.0.1:8080", null, false)]
    [InlineData("localhost", "http://localhost:3000", true)]
    [InlineData("localhost", "https://127.0.0.1", true)]
    [InlineData("localhost", "http://[::1]:5173", true)]
    [InlineData("localhost", "https://evil.example", false)]
    [InlineData("localhost", "http://localhost.evil.example", false)]
    [InlineData("localhost", "http://localhost@evil.example", false)]
    [InlineData("localhost", "http://user@localhost", false)]
    [InlineData("localhost", "null", false)]
    [InlineData("localhost", "file:///x", false)]
    [InlineData("localhost", "chrome-extension://abcdef", false)]
    [InlineData("localhost", "", false)]
    public async Task Request_ByHostAndOrigin(string host, string? origin, bool allowed)
    {
        using var world = new SecurityWorld(_ => { });
        var context = new DefaultHttpContext();
        context.Request.Headers.Host = host;
        if (origin is not null)
        {
            context.Request.Headers.Origin = origin;
        }

        var answer = await world.Authenticator.AuthenticateAsync(context);

        Assert.Equal(allowed ? Caller.Local : null, answer.Caller);
        Assert.Equal(allowed ? null : 403, answer.Refusal?.Status);
    }

    [Fact]
    public async Task Credentials_InOpenMode_AreIgnored()
    {
        using var world = new SecurityWorld(_ => { });
        var context = new DefaultHttpContext();
        context.Request.Headers.Host = "localhost:8080";
        context.Request.Headers.Authorization = "Bearer anything";
        context.Request.Headers["x-api-key"] = "something else";

        Assert.Same(Caller.Local, (await world.Authenticator.AuthenticateAsync(context)).Caller);
    }

    [Fact]
    public async Task Mode_AfterAKeyCameIntoTheFile_IsNoLongerOpen()
    {
        using var world = new SecurityWorld(_ => { });
        using var file = await world.ReadFileAsync();
        var context = new DefaultHttpContext();
        context.Request.Headers.Host = "localhost";
        Assert.NotNull((await world.Authenticator.AuthenticateAsync(context)).Caller);

        world.Configuration.Replace(world.NewOptions(o => o.Auth.Keys.Add(new KeyOptions { Name = "ci", Key = "new-key" })));

        Assert.Equal(401, (await world.Authenticator.AuthenticateAsync(context)).Refusal?.Status);
        context.Request.Headers.Authorization = "Bearer new-key";
        Assert.Equal("key:file-ci", (await world.Authenticator.AuthenticateAsync(context)).Caller?.Subject);
    }

    private const string Loopback = "http://127.0.0.1:8080";

    [Theory]
    [InlineData(Loopback, null, false, AuthenticationMode.Open)]
    [InlineData("http://localhost:8080", null, false, AuthenticationMode.Open)]
    [InlineData("http://[::1]:8080", null, false, AuthenticationMode.Open)]
    [InlineData(Loopback, false, true, AuthenticationMode.Open)]
    [InlineData(Loopback, null, true, AuthenticationMode.Required)]
    [InlineData(Loopback, true, false, AuthenticationMode.Required)]
    [InlineData("http://0.0.0.0:8080", true, false, AuthenticationMode.Required)]
    [InlineData("http://*:8080", null, true, AuthenticationMode.Required)]
    [InlineData("http://0.0.0.0:8080", null, false, AuthenticationMode.Refused)]
    [InlineData("http://*:8080", null, false, AuthenticationMode.Refused)]
    [InlineData("http://+:8080", null, false, AuthenticationMode.Refused)]
    [InlineData("http://[::]:8080", null, false, AuthenticationMode.Refused)]
    [InlineData("http://10.0.0.5:8080", false, false, AuthenticationMode.Refused)]
    [InlineData("http://10.0.0.5:8080", false, true, AuthenticationMode.Refused)]
    [InlineData("not an address", null, false, AuthenticationMode.Refused)]
    internal void Decision_ByListenersAndOptions(string listen, bool? required, bool keys, AuthenticationMode expected)
    {
        var auth = new AuthOptions { Required = required };
        if (keys)
        {
            auth.Keys.Add(new KeyOptions { Name = "ci", Key = "x" });
        }

        // Each listener counts alike.
        foreach (var options in (ListenOptions[])[new() { Data = listen }, new() { Admin = listen }, new() { Ops = listen }])
        {
            var decision = AuthenticationDecision.Of(auth, options);

            Assert.Equal(expected, decision.Mode);
            Assert.Equal(expected == AuthenticationMode.Refused, decision.Fault is not null);
        }
    }

    [Fact]
    public void Refusal_ToStart_SaysTheCure()
    {
        var fault = AuthenticationDecision.Of(new AuthOptions(), new ListenOptions { Data = "http://0.0.0.0:8080" }).Fault;

        Assert.Contains("http://0.0.0.0:8080", fault, StringComparison.Ordinal);
        Assert.Contains("keys create --bootstrap", fault, StringComparison.Ordinal);
        Assert.Contains("Auth:Required", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Listeners_ThatAreOff_ExposeNothing() =>
        Assert.Equal(AuthenticationMode.Open, AuthenticationDecision.Of(new AuthOptions(), new ListenOptions { Admin = null, Ops = null }).Mode);
}
