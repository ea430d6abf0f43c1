using System.Collections.Concurrent;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>The accounts of this gateway, one for each subject: what keys and tokens of one user or team share.</summary>
internal sealed class AccountTable
{
    private readonly ConcurrentDictionary<string, Account> _accounts = new(StringComparer.Ordinal);

    /// <summary>The account of a subject, made where nobody has asked for it yet.</summary>
    /// <param name="subject">For example <c>user:ada</c>.</param>
    public Account Of(string subject) => _accounts.GetOrAdd(subject, static name => new Account(name));
}
