using System.Net;
using ProxyCluster.Core.Audit;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Who sends a request, from where and with what (SPEC section 7): made once for a request, by whoever asks first, and used
/// by limits, budgets, security events, audit, logs, spans and what is remembered of requests. Roles, permissions, limits
/// and the key's id are its <see cref="Caller"/>'s, which all requests of one key share.
/// </summary>
internal sealed class CallerContext
{
    // What is cut before keys are searched in it, and before it is kept with what is remembered of requests: no more of it is
    // shown than half of this.
    private const int MostAgentCharacters = 2 * AuditText.MostIdBytes;

    private readonly string? _sentAgent;
    private string? _addressText;
    private string? _userAgent;

    private CallerContext(IPAddress? address, string? sentAgent)
    {
        Address = address;
        _sentAgent = sentAgent is { Length: > MostAgentCharacters } ? sentAgent[..MostAgentCharacters] : sentAgent;
    }

    /// <summary>Who it is; <see langword="null"/>: not known yet, or refused.</summary>
    public Caller? Caller { get; set; }

    /// <summary>The address of the client, or of the last proxy that is not known; <see langword="null"/>: there is none.</summary>
    public IPAddress? Address { get; }

    /// <summary>The address as text, IPv4 as such; <see langword="null"/>: there is none.</summary>
    public string? AddressText => _addressText ??= (Address is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : Address)?.ToString();

    /// <summary>What the client calls itself, cleaned and cut to <see cref="AuditText.MostIdBytes"/>; <see langword="null"/>: it does not say.</summary>
    public string? UserAgent => _userAgent ??= _sentAgent is { Length: > 0 } agent ? AuditText.Clean(agent, AuditText.MostIdBytes) : null;

    /// <summary>Whether it comes from where too many credentials failed: it is not worth a call to the cluster.</summary>
    public bool IsBarred { get; set; }

    /// <summary>The context of a request.</summary>
    public static CallerContext Of(HttpContext context)
    {
        if (context.Features.Get<CallerContext>() is not { } found)
        {
            context.Features.Set(found = new(context.Connection.RemoteIpAddress, context.Request.Headers.UserAgent));
        }

        return found;
    }
}
