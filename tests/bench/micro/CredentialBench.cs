using System.Buffers.Text;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Secrets;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Bench.Micro;

/// <summary>What it costs to find out whose token a request carries: remembered, and checked whole.</summary>
public class CredentialBench : IDisposable
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private readonly DefaultHttpContext _context = new();
    private JwtAuthenticator _tokens = null!;
    private JwtIssuers _issuers = null!;
    private string _token = "";

    /// <summary>Characters of the token, about: what a small one has, and what one with many claims has.</summary>
    [Params(300, 1500)]
    public int Characters { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var options = new ProxyClusterOptions();
        options.Auth.Jwt.Add(new() { Issuer = "issuer", Audience = "gateway", Secret = Secret });
        var configuration = new ConfigurationInForce(options);
        var metrics = new JwtMetrics(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
        _issuers = new JwtIssuers(
            configuration, new SecretResolver(configuration, new KekSource(configuration)), new NoSource(), RoleTable.BuiltIn, new SecurityEvents(TimeProvider.System), metrics, TimeProvider.System, NullLogger<JwtIssuers>.Instance);
        _tokens = new JwtAuthenticator(_issuers, new AccountTable(), metrics);
        _token = Sign(new string('x', Math.Max(0, (Characters - 250) * 3 / 4)));
        _context.Request.Headers.Authorization = "Bearer " + _token;
        if (Remembered() is null)
        {
            throw new InvalidOperationException("The token was not taken.");
        }
    }

    /// <summary>The header read, the token hashed and found.</summary>
    [Benchmark]
    public object? Remembered()
    {
        var credential = Credential.Read(_context.Request.Headers);
        var answer = _tokens.AuthenticateAsync(credential.Value);
        return (answer.IsCompletedSuccessfully ? answer.Result : answer.AsTask().GetAwaiter().GetResult()).Caller;
    }

    /// <summary>The token taken apart and its signature (HS256) checked.</summary>
    [Benchmark]
    public object? Checked()
    {
        var text = JwtText.Read(_token)!;
        return _issuers.Current.ByName[text.Issuer].JudgeAsync(text, _token).AsTask().GetAwaiter().GetResult().Identity;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _issuers.Dispose();
        GC.SuppressFinalize(this);
    }

    private static string Sign(string pad)
    {
        var end = TimeProvider.System.GetUtcNow().AddDays(1).ToUnixTimeSeconds();
        var text = Encode("""{"alg":"HS256","typ":"JWT"}""") + "." + Encode($$"""{"iss":"issuer","aud":"gateway","sub":"ada","team":"research","roles":["user"],"exp":{{end}},"pad":"{{pad}}"}""");
        return text + "." + Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.ASCII.GetBytes(text)));
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private sealed class NoSource : IJwksSource
    {
        public Task<string> FetchAsync(Uri address, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
