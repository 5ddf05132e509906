"""Sends a message to wherever YIBIAO_NOTIFY_URLS names: e-mail, 企业微信, 钉钉 and others, by Apprise; off while empty.

Addresses hold passwords and tokens, so a message about one names it only in Apprise's privacy form.
"""

import logging

from ingestion.errors import YibiaoError
from ingestion.settings import get_settings

logger = logging.getLogger(__name__)


class NotificationError(YibiaoError):
    """A message did not go out; the text names the addresses without their secrets."""


def notify(title: str, body: str) -> int:
    """Send a message to every address; returns to how many it went, 0 where none is set.

    NotificationError when an address can't be understood, or when one did not take the message; the others got it.
    """
    urls = get_settings().notify_urls.get_secret_value().strip()
    if not urls:
        return 0
    import apprise

    services = apprise.Apprise()
    if not services.add(urls):
        raise NotificationError(
            "YIBIAO_NOTIFY_URLS 中有无法识别的通知地址；写法见 Apprise 的说明，如 mailtos://、wecombot://、dingtalk://"
        )
    # Apprise writes whole requests at DEBUG.
    logging.getLogger("apprise").setLevel(logging.INFO)
    refused = [
        service.url(privacy=True)
        for service in services
        if not service.notify(title=title, body=body, notify_type=apprise.NotifyType.INFO)
    ]
    if refused:
        raise NotificationError(f"通知没有发出：{'、'.join(refused)} 没有接收；请检查地址、网络和对方服务后重新运行")
    return len(services)
