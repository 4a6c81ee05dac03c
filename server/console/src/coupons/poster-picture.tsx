import type { CouponPosterView } from '@huike/shared/contracts/coupon-posters'
import { posterAddress } from '@huike/shared/poster-codes'
import { Button, QRCode } from 'antd'
import { useRef } from 'react'
import { Dialog } from '../dialog.js'
import { posterStrings as words } from './poster-strings.js'

/** Of the picture that is downloaded: sharp in print at ten centimetres. */
const PICTURE_PIXELS = 1_024
const SHOWN_PIXELS = 240

/** What is printed: the QR code of a poster, what it gives, and the code to type. */
export function PosterPicture({
  poster,
  onClose,
}: {
  poster: CouponPosterView
  onClose: () => void
}) {
  const { name, code, headline } = poster
  const picture = useRef<HTMLDivElement>(null)
  const address = posterAddress(location.origin, code)
  return (
    <Dialog
      title={words.pictureNamed(name)}
      onClose={onClose}
      actions={
        <div className="form-buttons">
          <Button onClick={onClose}>{words.close}</Button>
          <Button
            onClick={() => {
              download(picture.current, `${name}-${code}.png`)
            }}
          >
            {words.download}
          </Button>
          <Button
            type="primary"
            onClick={() => {
              window.print()
            }}
          >
            {words.print}
          </Button>
        </div>
      }
    >
      <div className="poster-print">
        <p className="poster-headline">{headline}</p>
        <div ref={picture} className="poster-qr" role="img" aria-label={words.pictureNamed(name)}>
          {/* Dark on light, whatever the theme: scanners read nothing else. */}
          <QRCode
            type="canvas"
            value={address}
            size={PICTURE_PIXELS}
            style={{ width: SHOWN_PIXELS, height: SHOWN_PIXELS, padding: 0 }}
            errorLevel="M"
            marginSize={4}
            bordered={false}
            color="#000000"
            bgColor="#ffffff"
          />
        </div>
        <p className="poster-code">{code}</p>
        <p>{words.scanHint}</p>
      </div>
      <p className="note poster-address">{words.address(address)}</p>
      <p className="note">{words.addressNote}</p>
    </Dialog>
  )
}

function download(picture: HTMLDivElement | null, fileName: string): void {
  const canvas = picture?.querySelector('canvas')
  if (!canvas) return
  const link = document.createElement('a')
  link.href = canvas.toDataURL('image/png')
  link.download = fileName
  link.click()
}
